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

/** What is known of the memory that a batch needs. */
export interface MemoryKnown {
  /** Larger batches fitted: that this one did not has a reason of the moment. */
  readonly isSmall: boolean;
  /** One of its size has fitted before. */
  readonly hasFitted: boolean;
  readonly engines: number;
}

/** When somebody else may have given memory back. */
const MEMORY_RETRY_SECONDS = 5;

/** An engine may end over a batch once by somebody else's fault; twice is the batch's own. */
const MAX_LOST_ENGINES = 2;

/**
 * Decides what to try next. A device that failed says nothing about the batch, so that all of it runs once more on a new engine.
 * Should that fail too, one of its pairs may be what breaks the device: from there on it goes as with engines that crash, where
 * each pair is on its own.
 *
 * A batch that finds too little memory is halved. A single pair, and a batch that is small beside those which fitted, runs once more as
 * it is first: memory that another program took for a moment is back by then.
 */
export function afterFailure(batch: Batch, error: unknown, known: MemoryKnown): Sequel {
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
    return afterTooLittleMemory(batch, error, known);
  }
  return pairs.length > 1 ? pairByPair(batch, lostEngines) : giveUp(rejected(error), false);
}

function afterTooLittleMemory(batch: Batch, error: Error, known: MemoryKnown): Sequel {
  const halves = halve(batch);
  if (batch.isSecondTry !== true && (halves === undefined || known.isSmall)) {
    return { kind: 'again', how: 'as it is', batches: [{ ...batch, isSecondTry: true }] };
  }
  if (halves !== undefined) return { kind: 'split', batches: halves };
  return giveUp(known.hasFitted ? noMemoryNow(batch, error) : tooLarge(batch, error, known), true);
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

/** It is not the pair: one of its size has fitted. */
function noMemoryNow({ pairs }: Batch, error: Error): ServiceError {
  const [pair] = pairs;
  return new ServiceError(
    'unavailable',
    `the device has no memory for a pair of ${pair?.ids.length ?? 0} tokens at this moment`,
    {
      detail: `Larger batches have fitted before: another program may hold the memory. Try again. It said: ${shortFault(error.message)}`,
      retryAfterSeconds: MEMORY_RETRY_SECONDS,
      cause: error,
    },
  );
}

function tooLarge({ pairs }: Batch, error: Error, { engines }: MemoryKnown): ServiceError {
  const [pair] = pairs;
  const lower = engines > 1 ? 'RERANK_MAX_LENGTH or RERANK_ENGINES' : 'RERANK_MAX_LENGTH';
  return new ServiceError(
    'internal',
    `a pair of ${pair?.ids.length ?? 0} tokens alone does not fit into the memory of the device`,
    {
      detail: `Lower ${lower}, or free memory on the device. It said: ${shortFault(error.message)}`,
      cause: error,
    },
  );
}
