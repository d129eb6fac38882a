import { beforeEach, describe, expect, it } from 'vitest';
import { VitalSigns } from '../../../src/serving/live/vital-signs.ts';

let signs: VitalSigns;
beforeEach(() => {
  signs = new VitalSigns();
});

const answer = (logits: readonly number[], computedTokens = 10, computeMs = 20): void =>
  signs.answer({ logits: Float32Array.from(logits), computedTokens, computeMs });

describe('vital signs', () => {
  it('are the time for a token and the spread of the logits', () => {
    answer([1, -2, 0.5, 3]);
    expect(signs).toMatchObject({ answered: 1, failed: 0, notFinite: 0 });
    expect(signs.msPerToken.quantile(1)).toBe(2);
    expect(signs.spreads.quantile(1)).toBe(5);
  });

  it('know no time for what came from the cache', () => {
    answer([1, 2, 3, 4], 0, 0);
    expect(signs.answered).toBe(1);
    expect(signs.msPerToken.size).toBe(0);
    expect(signs.spreads.size).toBe(1);
  });

  it('know no spread of a few documents', () => {
    answer([1, 2, 3]);
    answer([]);
    expect(signs.answered).toBe(2);
    expect(signs.spreads.size).toBe(0);
  });

  it('count scores that are no numbers, and count their request as failed only when it has', () => {
    answer([1, Number.NaN, 3, 4]);
    answer([1, Number.POSITIVE_INFINITY, 3, 4]);
    expect(signs).toMatchObject({ answered: 0, failed: 0, notFinite: 2 });
    expect([signs.msPerToken.size, signs.spreads.size]).toEqual([0, 0]);
    signs.fail();
    expect(signs.failed).toBe(1);
  });
});
