import { beforeEach, describe, expect, it } from 'vitest';
import { checkAlways } from '../../../src/serving/gates/always.ts';
import type { Candidate } from '../../../src/serving/gates/candidate.ts';
import { byLength, fakeCandidate } from '../../support/fake-candidate.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const signal = new AbortController().signal;
let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const look = async (candidate: Candidate, maxLatencyMs?: number) =>
  await checkAlways(candidate, { directory: await temporaryDirectory(), clock, signal, maxLatencyMs });

/** The names of the gates, with what the failed ones say. */
async function outcome(candidate: Candidate): Promise<string[]> {
  return (await look(candidate)).map(({ name, passed, message }) => (passed ? name : `${name}: ${message}`));
}

describe('what is always looked at', () => {
  it('passes a model whose scores can be those of a reranker', async () => {
    expect(await outcome(fakeCandidate())).toEqual([
      'shape',
      'finite',
      'constant',
      'deterministic',
      'tokenizer',
      'latency',
    ]);
  });

  it('ends with scores of the wrong number, or that are none', async () => {
    expect(await outcome(fakeCandidate({ score: () => [1, 2] }))).toEqual([
      'shape: it gives 2 scores for 6 documents',
    ]);
    const broken = fakeCandidate({ score: () => [1, 2, Number.NaN, 4, Number.POSITIVE_INFINITY, 6] });
    expect(await outcome(broken)).toEqual([
      'shape',
      'finite: some of its scores are not numbers (1.000, 2.000, NaN, 4.000, Infinity, 6.000)',
    ]);
  });

  it('finds the same score for everything, and goes on', async () => {
    const constant = fakeCandidate({ score: (_query, documents) => documents.map(() => 0.25) });
    expect(await outcome(constant)).toEqual([
      'shape',
      'finite',
      expect.stringMatching(/^constant: it gives every document the same score \(0\.2500, /),
      'deterministic',
      'tokenizer',
      'latency',
    ]);
  });

  it('finds scores that differ from run to run, beyond rounding', async () => {
    const drifting = (drift: number): Candidate =>
      fakeCandidate({
        score: (query, documents, call) => byLength(query, documents).map((logit) => logit + call * drift),
      });
    expect((await outcome(drifting(1)))[3]).toMatch(
      /^deterministic: it scores the same pairs differently the second time/,
    );
    expect((await outcome(drifting(1e-5)))[3]).toBe('deterministic');
    const losing = fakeCandidate({
      score: (query, documents, call) => byLength(query, documents).slice(call === 2 ? 1 : 0),
    });
    expect((await outcome(losing))[3]).toMatch(/^deterministic: /);
  });

  it('says how long a plain request takes, and when that is too long', async () => {
    const slow = fakeCandidate({
      score: (query, documents) => {
        clock.advance(700);
        return byLength(query, documents);
      },
    });
    expect((await look(slow)).at(-1)).toEqual({
      name: 'latency',
      passed: true,
      message: '8 short documents take 700 ms',
      ms: 700,
    });
    expect((await look(slow, 699)).at(-1)).toMatchObject({
      passed: false,
      message: 'it takes 700 ms for 8 short documents; at most 699 ms are allowed',
    });
  });

  it('takes the time of each look', async () => {
    const slow = fakeCandidate({
      score: (query, documents, call) => {
        clock.advance(call * 10);
        return byLength(query, documents);
      },
    });
    expect((await look(slow)).map(({ name, ms }) => [name, ms])).toEqual([
      ['shape', 10],
      ['finite', 0],
      ['constant', 0],
      ['deterministic', 20],
      ['tokenizer', 0],
      ['latency', 30],
    ]);
  });

  it('lets errors of the model through', async () => {
    const failing = fakeCandidate({
      score: () => {
        throw new Error('2 scores for 1 pair');
      },
    });
    await expect(look(failing)).rejects.toThrow('2 scores for 1 pair');
  });
});
