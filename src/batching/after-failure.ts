import { classifyFault, DeviceLost, shortFault } from '../engine/engine-fault.ts';
import { ServiceError } from '../errors.ts';
import { ChildLost } from '../platform/process/child-link.ts';
import { type Batch, splitIntoPairs } from './batch.ts';
import { halve } from './halve.ts';

/** What becomes of a batch that failed. */
export type Sequel =
  | { readonly kind: 'again'; readonly how: string; readonly batches: readonly Batch[] }
  /** It did not fit into the memory of the device. */
  | { readonly kind: 'split'; readonly batches: readonly Batch[] }
  /** It had not begun. */
  | { readonly kind: 'wait'; readonly batches: readonly Batch[] }
  | { readonly kind: 'give-up'; readonly error: ServiceError; readonly isMemory: boolean };

/** An engine may end over a batch once by somebody else's fault; twice is the batch's own. */
const MAX_LOST_ENGINES = 2;

/**
 * Decides what to try next. A device that failed says nothing about the batch, so that all of it runs once more on a new engine.
 * Should that fail too, one of its pairs may be what breaks the device: from there on it goes as with engines that crash, where
 * each pair is on its own.
 */
export function afterFailure(batch: Batch, error: unknown): Sequel {
  const { pairs, lostEngines, lostDevices = 0 } = batch;
  if (error instanceof ChildLost && !error.wasRunning) return { kind: 'wait', batches: [batch] };
  if (error instanceof DeviceLost && lostDevices === 0 && lostEngines === 0) {
    return { kind: 'again', how: 'as it is', batches: [{ ...batch, lostDevices: 1 }] };
  }
  if (error instanceof ChildLost) {
    // Of several pairs one may be to blame: each has one more try, alone.
    const lost = pairs.length > 1 ? 1 : lostEngines + lostDevices + 1;
    return lost < MAX_LOST_ENGINES ? pairByPair(batch, lost) : giveUp(lostTwice(error), false);
  }
  if (isMemory(error)) {
    const halves = halve(batch);
    return halves === undefined ? giveUp(tooLarge(batch, error), true) : { kind: 'split', batches: halves };
  }
  return pairs.length > 1 ? pairByPair(batch, lostEngines) : giveUp(rejected(error), false);
}

function isMemory(error: unknown): error is Error {
  return error instanceof Error && classifyFault(error.message) === 'out-of-memory';
}

function pairByPair({ pairs }: Batch, lostEngines: number): Sequel {
  return { kind: 'again', how: 'pair by pair', batches: splitIntoPairs(pairs, lostEngines) };
}

function giveUp(error: ServiceError, isOfMemory: boolean): Sequel {
  return { kind: 'give-up', error, isMemory: isOfMemory };
}

function lostTwice(error: Error): ServiceError {
  return new ServiceError(
    'internal',
    'an engine process ended twice over this request, which was then given up',
    { detail: error.message, cause: error },
  );
}

function rejected(error: unknown): ServiceError {
  return new ServiceError('internal', 'the model failed on this request', {
    detail: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

function tooLarge({ pairs }: Batch, error: Error): ServiceError {
  const [pair] = pairs;
  return new ServiceError(
    'internal',
    `a pair of ${pair?.ids.length ?? 0} tokens alone does not fit into the memory of the device`,
    {
      detail: `Lower RERANK_MAX_LENGTH or RERANK_ENGINES, or free memory on the device. It said: ${shortFault(error.message)}`,
      cause: error,
    },
  );
}
