import { type Clock, delay } from '../../platform/clock.ts';
import type { ModelSlot } from './model-slot.ts';

/**
 * Waits until nobody uses a model any more.
 * @param signal gives the waiting up.
 * @returns false when that takes too long.
 */
export async function drainWithin<M extends object>(
  slot: ModelSlot<M>,
  model: M,
  timeoutMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<boolean> {
  const enough = new AbortController();
  const either = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  const drained = slot.drained(model).then(() => true);
  const timeout = delay(clock, timeoutMs, either).then(() => false);
  try {
    return await Promise.race([drained, timeout]);
  } finally {
    enough.abort();
  }
}
