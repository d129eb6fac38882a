import { RELOAD_INTERVAL_MS } from '../../src/platform/reloaded-files.ts';
import type { ManualClock } from './manual-clock.ts';
import { until } from './until.ts';

/** Lets a server look at its files once. */
export async function lookOnce(clock: ManualClock): Promise<void> {
  const watches = clock.pending;
  clock.advance(RELOAD_INTERVAL_MS);
  await until('the files are read', () => clock.pending === watches);
}

/** Twice is how often a server must see a change before it believes it. */
export async function lookTwice(clock: ManualClock): Promise<void> {
  await lookOnce(clock);
  await lookOnce(clock);
}
