import { describe, expect, it } from 'vitest';
import { TokenEstimate } from '../../src/rerank/token-estimate.ts';

describe('the estimate of tokens', () => {
  it('gives no pair more than the length that is computed', () => {
    const estimate = new TokenEstimate();
    expect(estimate.of('q', ['x'.repeat(1_000_000), 'y'], 512)).toBeLessThanOrEqual(512 + 5);
  });

  it('learns from what requests really took, and forgets what was long ago', () => {
    const estimate = new TokenEstimate();
    const documents = ['d'.repeat(300)];
    const first = estimate.of('query', documents, 512);
    for (let request = 0; request < 3; request++) estimate.learn('query', documents, 512, first / 2);
    expect(estimate.of('query', documents, 512)).toBeCloseTo(first / 2, 0);
    for (let request = 0; request < 400; request++) estimate.learn('query', documents, 512, first * 2);
    expect(estimate.of('query', documents, 512)).toBeCloseTo(first * 2, 0);
  });
});
