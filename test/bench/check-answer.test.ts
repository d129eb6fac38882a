import { describe, expect, it } from 'vitest';
import { findFault } from '../../bench/swap/load/check-answer.ts';
import type { ExpectedAnswer, LoadCase } from '../../bench/swap/load/protocol.ts';

function answerOf(model: string, scores: readonly number[]): string {
  const results = scores.map((score, index) => ({ index, relevance_score: score }));
  return JSON.stringify({ id: 'case-0', model, results, scores });
}

function expectation(model: string, digest: string, scores: readonly number[]): ExpectedAnswer {
  return { digest, body: answerOf(model, scores), scores };
}

const loadCase: LoadCase = {
  id: 'case-0',
  body: '{}',
  answers: {
    'local://old': expectation('local://old', 'sha256:0', [0.25, 0.5]),
    'local://new': expectation('local://new', 'sha256:1', [0.125, 0.75]),
  },
};
const fromOld = { 'x-model': 'local://old', 'x-model-digest': 'sha256:0' };
const fromNew = { 'x-model': 'local://new', 'x-model-digest': 'sha256:1' };

describe('findFault', () => {
  it('accepts the answer of either model, under its own name', () => {
    expect(findFault(loadCase, fromOld, answerOf('local://old', [0.25, 0.5]))).toBeUndefined();
    expect(findFault(loadCase, fromNew, answerOf('local://new', [0.125, 0.75]))).toBeUndefined();
  });

  it('accepts scores that differ in the last bits of a float', () => {
    expect(findFault(loadCase, fromOld, answerOf('local://old', [0.25 + 1e-7, 0.5]))).toBeUndefined();
  });

  it('refuses the scores of the other model', () => {
    expect(findFault(loadCase, fromOld, answerOf('local://old', [0.125, 0.75]))).toContain('document 0');
  });

  it('refuses an answer that both models had a part in', () => {
    expect(findFault(loadCase, fromNew, answerOf('local://new', [0.125, 0.5]))).toContain('document 1');
  });

  it('refuses an answer whose header and body name different models', () => {
    expect(findFault(loadCase, fromOld, answerOf('local://new', [0.25, 0.5]))).toContain(
      'the body local://new',
    );
  });

  it('refuses a model that was never loaded, and a digest that is not the named model’s', () => {
    expect(findFault(loadCase, {}, '{}')).toContain('names "undefined"');
    const mixed = { ...fromOld, 'x-model-digest': 'sha256:1' };
    expect(findFault(loadCase, mixed, answerOf('local://old', [0.25, 0.5]))).toContain('x-model-digest');
  });

  it('refuses missing scores, results that say something else, and what is no answer', () => {
    expect(findFault(loadCase, fromOld, answerOf('local://old', [0.25]))).toContain('1 scores');
    const twisted = answerOf('local://old', [0.25, 0.5]).replace('"index":1', '"index":0');
    expect(findFault(loadCase, fromOld, twisted)).toContain('results and scores');
    expect(findFault(loadCase, fromOld, '<html>')).toContain('not a rerank answer');
  });
});
