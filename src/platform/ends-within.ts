import { type Clock, delay } from './clock.ts';

/**
 * Waits for `work`, but not for long.
 * @param signal gives the waiting up.
 * @returns false when it takes longer than `ms` milliseconds, or the signal aborts first; it goes on then.
 * @throws what `work` throws meanwhile.
 */
export async function endsWithin(
  clock: Clock,
  ms: number,
  work: Promise<unknown>,
  signal?: AbortSignal,
): Promise<boolean> {
  const enough = new AbortController();
  const either = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  const late = delay(clock, ms, either).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    enough.abort();
  }
}
