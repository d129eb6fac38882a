import { expect, onTestFinished } from 'vitest';
import type { Chaos, Experiment } from '../../scripts/chaos/experiment.ts';
import type { Finding } from '../../scripts/chaos/finding.ts';
import { RandomBits } from '../../scripts/synthesize/weights/random-bits.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What an experiment gets in a test: time enough, and a directory that goes with the test. */
async function chaosUnderTest(): Promise<Chaos> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('the test is over')));
  return {
    directory: await temporaryDirectory(),
    random: (name) => new RandomBits(7, name),
    msLeft: () => 60_000,
    say: () => {},
    signal: stop.signal,
  };
}

/** Runs a short form of an experiment: nothing that could be tried may have fallen short. */
export async function expectAllMet(experiment: Experiment): Promise<readonly Finding[]> {
  const findings = await experiment(await chaosUnderTest());
  const missed = findings.filter(({ verdict }) => verdict === 'missed');
  expect(missed, JSON.stringify(missed, null, 2)).toEqual([]);
  expect(findings.some(({ verdict }) => verdict === 'met')).toBe(true);
  return findings;
}
