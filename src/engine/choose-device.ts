import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ChildLink } from '../platform/process/child-link.ts';
import { engineEntry } from './engine.ts';
import { type Device, EngineCall, type ProbeReply, type ProbeRequest } from './protocol.ts';

export interface ChooseDeviceOptions {
  readonly wanted: Device | 'auto';
  /** A minimal ONNX model to try the devices with. */
  readonly probeModel: Uint8Array;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What models run on. */
export interface Runtime {
  readonly device: Device;
  /** Version of ONNX Runtime. */
  readonly version: string;
}

/** The first use of a GPU driver takes seconds; a minute means that it hangs. */
const PROBE_TIMEOUT_MS = 60_000;

/** What a device needs. */
export const DEVICE_HINTS: Readonly<Record<Device, string>> = {
  cpu: 'The onnxruntime-node package does not work on this machine.',
  cuda: 'It needs the CUDA provider ("npm run setup:cuda"), the CUDA runtime and cuDNN 9. "rerankd doctor" says what is missing.',
  webgpu: 'It needs a GPU with a Vulkan driver. "rerankd doctor" says what is missing.',
};

/**
 * Finds out which device really works, in a process of its own. `auto` takes CUDA where it works and says loudly when it
 * falls back; WebGPU has to be asked for, because a software driver would pass for a GPU.
 * @throws ServiceError unavailable when the device that was asked for does not work.
 */
export async function chooseDevice(options: ChooseDeviceOptions): Promise<Runtime> {
  const { wanted, logger } = options;
  // What the runtime prints about a missing device is in the reply, in fewer words.
  const quiet = logger.child({}, { level: 'error' });
  const { device, failures, runtime } = await probeDevices(
    { ...options, logger: quiet },
    candidatesFor(wanted),
  );
  if (device === undefined) {
    const [failure] = failures.toReversed();
    const name = failure?.device ?? 'cpu';
    throw new ServiceError(
      'unavailable',
      `RERANK_DEVICE=${wanted}, but ${name} does not work here: ${failure?.reason}`,
      {
        detail: DEVICE_HINTS[name],
      },
    );
  }
  for (const failure of failures) {
    logger.warn(
      { reason: failure.reason },
      `RERANK_DEVICE=auto: no ${failure.device} here, falling back to ${device}. Set RERANK_DEVICE=${device} if that is meant.`,
    );
  }
  return { device, version: runtime };
}

/** What is tried, the best first. */
export function candidatesFor(wanted: Device | 'auto'): readonly Device[] {
  return wanted === 'auto' ? ['cuda', 'cpu'] : [wanted];
}

/**
 * Tries devices in their order, in a process of its own. What the runtime prints goes to the logger.
 * @throws CallFailed or ChildLost when that process can't even load ONNX Runtime.
 */
export async function probeDevices(
  options: Omit<ChooseDeviceOptions, 'wanted'>,
  devices: readonly Device[],
  unwanted: AbortSignal = new AbortController().signal,
): Promise<ProbeReply> {
  const request: ProbeRequest = { devices, modelBase64: Buffer.from(options.probeModel).toString('base64') };
  const payload = Buffer.from(JSON.stringify(request));
  const { link, reply } = await ChildLink.launch(
    { ...options, name: 'device-probe', entry: engineEntry },
    { kind: EngineCall.probe, payload, timeoutMs: PROBE_TIMEOUT_MS },
    unwanted,
  );
  link.kill('the devices are known');
  await link.lost;
  return JSON.parse(reply.toString()) as ProbeReply;
}
