import { type Clock, delay } from './clock.ts';

/**
 * Waits for `work`, but not for long.
 * @returns false when it takes longer than `ms` milliseconds; it goes on then.
 * @throws what `work` throws meanwhile.
 */
export async function endsWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const late = delay(clock, ms, enough.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    enough.abort();
  }
}
