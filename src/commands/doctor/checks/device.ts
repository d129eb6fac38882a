import { candidatesFor, DEVICE_HINTS, probeDevices } from '../../../engine/choose-device.ts';
import { probeModel } from '../../../graph/probe-model.ts';
import { systemClock } from '../../../platform/clock.ts';
import { createLogger } from '../../../platform/logger.ts';
import { type Check, ok, problem } from '../check.ts';

const TIMEOUT_MS = 60_000;

/** Does ONNX Runtime load, in a process of its own, and compute on the device that was asked for? */
export const deviceCheck: Check = {
  name: 'ONNX Runtime',
  timeoutMs: TIMEOUT_MS,
  async look({ config: { device: wanted, childEnv }, signal }) {
    const logger = createLogger({ level: 'silent', format: 'json', destination: 2 });
    const options = { probeModel: probeModel(), env: childEnv, clock: systemClock, logger };
    const { device, failures, runtime } = await probeDevices(options, candidatesFor(wanted), signal);
    const reasons = failures.map((failure) => `${failure.device}: ${failure.reason}`).join('; ');
    if (device === undefined) {
      const [last = 'cpu'] = failures.map((failure) => failure.device).toReversed();
      return [
        problem(
          `version ${runtime} computes on no device (RERANK_DEVICE=${wanted}): ${reasons}`,
          DEVICE_HINTS[last],
        ),
      ];
    }
    return [
      ok(`version ${runtime} computes on ${device}${wanted === 'auto' ? ' (RERANK_DEVICE=auto)' : ''}`),
    ];
  },
};
