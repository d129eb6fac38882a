import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchLimits, fitsPacked, formBatch, type LengthBucket } from '../../src/batching/form-batch.ts';

const buckets = fc
  .array(fc.record({ pairs: fc.nat(50) }), { minLength: 1, maxLength: 64 })
  .map((list): LengthBucket[] => list.map((bucket, index) => ({ ...bucket, length: (index + 1) * 16 })));

const lead = fc.nat(70);

const limits: fc.Arbitrary<BatchLimits> = fc.record({
  tokens: fc.integer({ min: 1, max: 20_000 }),
  rows: fc.integer({ min: 1, max: 100 }),
  paddingShare: fc.double({ min: 0, max: 1, noNaN: true }),
  // As they are, and rounded up to coarse widths.
  width: fc.constantFrom(1, 64, 256).map((step) => (longest: number) => Math.ceil(longest / step) * step),
});

function rows(shares: ReturnType<typeof formBatch>): number {
  return shares.reduce((sum, share) => sum + share.pairs, 0);
}

describe('forming a batch of padded rows', () => {
  it('keeps to the token budget, padding included, unless one pair alone is longer', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const shares = formBatch(waiting, first, bounds);
        const longest = Math.max(0, ...shares.map((share) => waiting[share.bucket]?.length ?? 0));
        const computed = rows(shares) * bounds.width(longest);
        expect(rows(shares) === 1 || computed <= bounds.tokens).toBe(true);
        expect(rows(shares)).toBeLessThanOrEqual(bounds.rows);
      }),
    );
  });

  it('takes the pair whose turn it is, and nothing when there is none', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const [leading] = formBatch(waiting, first, bounds);
        if ((waiting[first]?.pairs ?? 0) > 0) expect(leading?.bucket).toBe(first);
        else expect(leading).toBeUndefined();
      }),
    );
  });

  it('never takes more than there is, nor a bucket twice', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const shares = formBatch(waiting, first, bounds);
        for (const share of shares) {
          expect(share.pairs).toBeGreaterThan(0);
          expect(share.pairs).toBeLessThanOrEqual(waiting[share.bucket]?.pairs ?? 0);
        }
        expect(new Set(shares.map((share) => share.bucket)).size).toBe(shares.length);
      }),
    );
  });

  it('pads no row by more than the allowed share, unless it is the one whose turn it is', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const lengths = formBatch(waiting, first, bounds).map((share) => waiting[share.bucket]?.length ?? 0);
        const [leading = 0, ...others] = lengths;
        const width = bounds.width(Math.max(leading, ...others));
        for (const length of others) {
          expect(length).toBeGreaterThanOrEqual(Math.min(leading, width * (1 - bounds.paddingShare)));
        }
      }),
    );
  });

  it('fills the batch with pairs of the same length when there are enough', () => {
    const waiting = [{ length: 128, pairs: 100 }];
    const bounds = { tokens: 1024, rows: 100, paddingShare: 0.2, width: (longest: number) => longest };
    expect(formBatch(waiting, 0, bounds)).toEqual([{ bucket: 0, pairs: 8 }]);
  });

  it('takes longer pairs too that are no wider than what the row is padded to anyway', () => {
    const waiting = [144, 160, 176].map((length) => ({ length, pairs: 2 }));
    const bounds = {
      tokens: 1280,
      rows: 100,
      paddingShare: 0,
      width: (n: number) => Math.ceil(n / 160) * 160,
    };
    expect(formBatch(waiting, 0, bounds)).toEqual([
      { bucket: 0, pairs: 2 },
      { bucket: 1, pairs: 2 },
    ]);
  });
});

describe('forming a batch of packed rows', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 300 });

  it('takes pairs of all lengths in their order until the next one would go beyond a limit', () => {
    fc.assert(
      fc.property(lengths, limits, (waiting, bounds) => {
        const taken = pack(waiting, bounds);
        const tokens = taken.reduce((sum, length) => sum + length, 0);
        expect(taken.length).toBeGreaterThan(0);
        expect(taken.length === 1 || tokens <= bounds.tokens).toBe(true);
        expect(taken.length).toBeLessThanOrEqual(bounds.rows);
        const next = waiting[taken.length];
        if (next === undefined) return;
        const isFull = tokens + next > bounds.tokens || taken.length === bounds.rows;
        const isWide = (taken.length + 1) * Math.max(...taken, next) > 8 * bounds.tokens;
        expect(isFull || isWide).toBe(true);
      }),
    );
  });

  it('fills the budget to the last token, whatever the lengths', () => {
    expect(pack([500, 12, 400, 112, 1], { tokens: 1024, rows: 100 })).toEqual([500, 12, 400, 112]);
  });

  it('keeps tables small that are as wide as the longest row', () => {
    const rows = pack([1000, ...Array.from({ length: 500 }, () => 1)], { tokens: 1024, rows: 1000 });
    expect(rows).toHaveLength(8);
  });
});

function pack(waiting: readonly number[], bounds: Pick<BatchLimits, 'tokens' | 'rows'>): number[] {
  const taken: number[] = [];
  for (const next of waiting) {
    const tokens = taken.reduce((sum, length) => sum + length, 0);
    const batch = { rows: taken.length, tokens, longest: Math.max(0, ...taken) };
    if (!fitsPacked(batch, next, bounds)) break;
    taken.push(next);
  }
  return taken;
}
