import { describe, expect, it } from 'vitest';
import { TokenEstimate } from '../../src/rerank/token-estimate.ts';

describe('the estimate of tokens', () => {
  it('gives no pair more than the length that is computed', () => {
    const estimate = new TokenEstimate();
    expect(
      estimate.of({ query: 'q', documents: ['x'.repeat(1_000_000), 'y'], maxLength: 512 }),
    ).toBeLessThanOrEqual(512 + 5);
  });

  it('learns from what requests really took, and forgets what was long ago', () => {
    const estimate = new TokenEstimate();
    const work = { query: 'query', documents: ['d'.repeat(300)], maxLength: 512 };
    const first = estimate.of(work);
    for (let request = 0; request < 3; request++) estimate.learn(work, first / 2);
    expect(estimate.of(work)).toBeCloseTo(first / 2, 0);
    for (let request = 0; request < 400; request++) estimate.learn(work, first * 2);
    expect(estimate.of(work)).toBeCloseTo(first * 2, 0);
  });

  it('counts every window of a document, and no more of them than there may be', () => {
    const estimate = new TokenEstimate();
    const work = { query: 'query', documents: ['d'.repeat(30_000)], maxLength: 512 };
    const usual = estimate.of(work);
    const split = (max: number, overlap = 0) => estimate.of({ ...work, cut: { windows: { max, overlap } } });
    expect(split(1)).toBe(usual);
    expect(split(4)).toBeCloseTo(4 * 512, -1);
    expect(split(100)).toBeGreaterThan(10_000);
    expect(split(100)).toBeLessThan(11_000);
    expect(split(100, 100)).toBeGreaterThan(split(100));
    expect(estimate.of({ ...work, cut: { documentTokens: 50 } })).toBeLessThan(60);
  });

  it('takes each query of many pairs with its own document', () => {
    const estimate = new TokenEstimate();
    const [short, long] = ['q', 'q'.repeat(300)];
    const documents = ['d', 'd'];
    const of = (query: string | readonly string[]) => estimate.of({ query, documents, maxLength: 512 });
    expect(of([short, long])).toBe((of(short) + of(long)) / 2);
  });
});
