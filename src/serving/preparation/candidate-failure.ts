import { deviceRefusal, type LoadKnown, withAdvice } from '../../engine/engine-refusal.ts';
import { messageOf, ServiceError } from '../../errors.ts';
import { CallFailed, ChildLost } from '../../platform/process/child-link.ts';
import { Outage } from '../../platform/process/supervisor.ts';

/**
 * What a failure says of a model that is tried before it serves. The model is new and the requests are our own: it is the model's
 * fault, unless it is the device's.
 * @param signal of the work that failed. Where it was given up, its reason is what went wrong.
 * @param known of the load, for advice where the device refuses it.
 * @returns what to throw: the refusal for the operator, or the error itself where there is no telling.
 */
export function candidateFailure(error: unknown, signal: AbortSignal, known: LoadKnown = {}): unknown {
  // Processes that were ended because nobody wants the model any more say nothing about it.
  if (signal.aborted) return signal.reason;
  const refusal =
    error instanceof ServiceError ? withAdvice(error, known) : deviceRefusal(messageOf(error), error, known);
  if (refusal !== undefined) return refusal;
  if (error instanceof CallFailed || (error instanceof ServiceError && error.type === 'internal')) {
    const reason = error instanceof ServiceError ? (error.detail ?? error.message) : error.message;
    const ofDevice = deviceRefusal(reason, error, known);
    if (ofDevice !== undefined) return ofDevice;
    return new ServiceError('invalid_model', `the model loads, but fails on a plain pair: ${reason}`, {
      detail:
        'It must be a sequence-classification model with num_labels = 1, and its tokenizer must be its own.',
      cause: error,
    });
  }
  if (!(error instanceof ChildLost || error instanceof Outage)) return error;
  return new ServiceError('invalid_model', `a process ended while it tried this model: ${error.message}`, {
    detail:
      'A crash of ONNX Runtime or too little memory are the usual reasons; the log has the process output.',
    cause: error,
  });
}
