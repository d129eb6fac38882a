import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomBits } from '../synthesize/weights/random-bits.ts';
import { TimeBudget } from './budget.ts';
import type { ExperimentName } from './experiment-names.ts';
import type { Finding } from './finding.ts';
import type { Scheduled } from './line-up.ts';

/** What an experiment found, and how long it took. */
export interface Outcome {
  readonly name: ExperimentName;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

export interface RunSettings {
  readonly seed: number;
  readonly minutes: number;
  readonly say: (doing: string) => void;
  readonly signal: AbortSignal;
}

/** Runs experiments one after the other, each in a directory of its own. One that throws has missed what was asked of it. */
export async function runAll(experiments: readonly Scheduled[], settings: RunSettings): Promise<Outcome[]> {
  const budget = new TimeBudget(settings.minutes);
  const outcomes: Outcome[] = [];
  for (const [position, experiment] of experiments.entries()) {
    const later = experiments.slice(position + 1).map(({ weight }) => weight);
    outcomes.push(await runOne(experiment, budget.share(experiment.weight, later), settings));
    settings.signal.throwIfAborted();
  }
  return outcomes;
}

async function runOne(
  { name, run }: Scheduled,
  msLeft: () => number,
  { seed, say, signal }: RunSettings,
): Promise<Outcome> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), `rerankd-chaos-${name}-`)));
  const startedAt = performance.now();
  const chaos = {
    directory,
    random: (stream: string) => new RandomBits(seed, `${name} ${stream}`),
    msLeft,
    say: (doing: string) => say(`${name}: ${doing}`),
    signal,
  };
  try {
    const findings = await run(chaos).catch((error: Error) => [failure(error)]);
    return { name, seconds: (performance.now() - startedAt) / 1000, findings };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function failure(error: Error): Finding {
  const [first = ''] = error.message.split('\n');
  return {
    asked: 'the experiment itself',
    figure: first.slice(0, 200),
    verdict: 'missed',
    examples: [error.stack ?? error.message],
  };
}
