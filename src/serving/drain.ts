import { type Clock, delay } from '../platform/clock.ts';
import type { ModelSlot } from './model-slot.ts';

/** Waits until nobody uses a model that was swapped out. @returns false when that takes too long. */
export async function drainWithin<M extends object>(
  slot: ModelSlot<M>,
  model: M,
  timeoutMs: number,
  clock: Clock,
): Promise<boolean> {
  const enough = new AbortController();
  const drained = slot.drained(model).then(() => true);
  const timeout = delay(clock, timeoutMs, enough.signal).then(() => false);
  try {
    return await Promise.race([drained, timeout]);
  } finally {
    enough.abort();
  }
}
