import { stripVTControlCharacters } from 'node:util';
import { candidatesFor, probeDevices } from '../../../engine/choose-device.ts';
import type { Device } from '../../../engine/protocol.ts';
import { messageOf } from '../../../errors.ts';
import { probeModel } from '../../../graph/probe-model.ts';
import { systemClock } from '../../../platform/clock.ts';
import { completeLibraryPath } from '../../../platform/cuda/complete-library-path.ts';
import { createLogger } from '../../../platform/logger.ts';
import type { Patient } from '../check.ts';

/** What came of trying the devices that RERANK_DEVICE names. */
export interface Trial {
  /** Of ONNX Runtime; undefined where it does not even load, or hangs. */
  readonly runtime: string | undefined;
  /** The one that works. */
  readonly device: Device | undefined;
  /** Why others don't, in the runtime's words. */
  readonly failures: Readonly<Partial<Record<Device, string>>>;
}

export type TryDevices = (patient: Patient) => Promise<Trial>;

/** Tries them in a process of its own, as a server would. */
export const tryDevices: TryDevices = async ({ config: { device: wanted, childEnv }, signal }) => {
  const printed: string[] = [];
  const destination = { write: (text: string) => void printed.push(...reasonsIn(text)) };
  const logger = createLogger({ level: 'warn', format: 'text', destination });
  const env = wanted === 'cpu' || wanted === 'webgpu' ? childEnv : (await completeLibraryPath(childEnv)).env;
  const options = { probeModel: probeModel(), env, clock: systemClock, logger };
  const candidates = candidatesFor(wanted);
  try {
    const { device, failures, runtime } = await probeDevices(options, candidates, signal);
    const told = failures.map(({ device: tried, reason }) => {
      // What is printed names the library; the exception only says that something could not be loaded.
      const words = tried === 'cuda' && printed.length > 0 ? [...new Set(printed)].join('; ') : reason;
      return [tried, words.replace(WHERE, '')] as const;
    });
    return { runtime, device, failures: Object.fromEntries(told) };
  } catch (error) {
    const [first = 'cpu'] = candidates;
    return { runtime: undefined, device: undefined, failures: { [first]: messageOf(error) } };
  }
};

/** `/onnxruntime_src/FILE:LINE FUNCTION CONDITION was false. REASON` */
const WHERE = /^\/onnxruntime_src\/.*? was false\. /;

/** `2026-… [E:onnxruntime:…] FILE:LINE … [ONNXRuntimeError] : 1 : FAIL : REASON`: what is behind the last colon of that kind. */
function reasonsIn(text: string): string[] {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.flatMap((line) => /\[ONNXRuntimeError\] : \d+ : \w+ : (.+)/.exec(line)?.[1]?.trim() ?? []);
}
