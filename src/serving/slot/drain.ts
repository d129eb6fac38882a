import type { Clock } from '../../platform/clock.ts';
import { endsWithin } from '../../platform/ends-within.ts';
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
  return await endsWithin(clock, timeoutMs, slot.drained(model), signal);
}
