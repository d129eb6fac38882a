import { ServiceError } from '../errors.ts';
import { classifyFault, shortFault } from './engine-fault.ts';

/** What a device that fails says about a model: nothing. @returns undefined when it is not the device's fault. */
export function deviceRefusal(message: string, cause: unknown): ServiceError | undefined {
  const fault = classifyFault(message);
  if (fault === undefined) return undefined;
  const reason = shortFault(message);
  if (fault === 'out-of-memory') {
    return new ServiceError('insufficient_storage', `the model does not fit into the memory: ${reason}`, {
      detail:
        'Free memory on the device, lower RERANK_ENGINES, use a smaller dtype (fp16, int8), or update in mode hold.',
      cause,
    });
  }
  return new ServiceError('unavailable', `the device does not work: ${reason}`, {
    detail: 'See docs/operations.md, "When the GPU fails".',
    retryAfterSeconds: 10,
    cause,
  });
}
