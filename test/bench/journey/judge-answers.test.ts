import { describe, expect, it } from 'vitest';
import { judgeAnswers } from '../../../bench/journey/travel/judge-answers.ts';

const models = {
  before: { digest: 'old', scores: [[0.5], [0.25]], tolerance: 1e-6 },
  after: { digest: 'new', scores: [[0.9], [0.8]], tolerance: 1e-3 },
};
const SWAPPED = 1000;

function judge(at: number, digest: string, scores: number[], request = 0) {
  return judgeAnswers([{ at, latencyMs: 1, request, answer: { digest, scores } }], models, SWAPPED);
}

describe('judgeAnswers', () => {
  it('takes what the model that an answer names gives to that request', () => {
    expect(judge(900, 'old', [0.5])).toMatchObject({ before: 1, after: 0, mixed: 0, late: 0 });
    expect(judge(900, 'new', [0.8004], 1)).toMatchObject({ before: 0, after: 1, mixed: 0, late: 0 });
  });

  it.each([
    ['the scores of the other model', 'new', [0.5]],
    ['the scores of another request', 'old', [0.25]],
    ['a model that nobody knows', 'third', [0.5]],
    ['too few scores', 'old', []],
    ['no number', 'old', [Number.NaN]],
  ])('notices %s', (_, digest, scores) => {
    const { mixed, examples } = judge(900, digest, scores);
    expect(mixed).toBe(1);
    expect(examples).toHaveLength(1);
  });

  it('notices the old model after the swap', () => {
    expect(judge(1001, 'old', [0.5])).toMatchObject({ before: 1, mixed: 0, late: 1 });
  });

  it('leaves out what has no answer: that is counted elsewhere', () => {
    const judgement = judgeAnswers([{ at: 1, latencyMs: 1, request: 0, fault: 'broken' }], models, SWAPPED);
    expect(judgement).toEqual({ before: 0, after: 0, mixed: 0, late: 0, examples: [] });
  });
});
