import type { BenchOptions } from './options.ts';

/** Synthesizing and compiling a model, twice. */
const PREPARATION_SECONDS = 1800;

/** The slowest contender's longest warm-up and measurement, of the scenario with the most of them. */
const SLOWEST_TURN_SECONDS = 1800;

/** After so long something hangs: generous for any run that still makes sense. In milliseconds. */
export function timeLimitMs({ only, contenders, rounds, seconds }: BenchOptions): number {
  const turns = only.length * contenders.length * rounds;
  return 1000 * (PREPARATION_SECONDS + turns * (SLOWEST_TURN_SECONDS + 10 * seconds));
}
