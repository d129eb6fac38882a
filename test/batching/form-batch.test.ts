import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchLimits, formBatch, type LengthBucket } from '../../src/batching/form-batch.ts';

const buckets = fc
  .array(fc.record({ pairs: fc.nat(50) }), { minLength: 1, maxLength: 64 })
  .map((list): LengthBucket[] => list.map((bucket, index) => ({ ...bucket, length: (index + 1) * 16 })));

const lead = fc.nat(70);

const limits: fc.Arbitrary<BatchLimits> = fc.record({
  tokens: fc.integer({ min: 1, max: 20_000 }),
  paddingShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

function rows(shares: ReturnType<typeof formBatch>): number {
  return shares.reduce((sum, share) => sum + share.pairs, 0);
}

describe('forming a batch', () => {
  it('keeps to the token budget, padding included, unless one pair alone is longer', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const shares = formBatch(waiting, first, bounds);
        const longest = Math.max(0, ...shares.map((share) => waiting[share.bucket]?.length ?? 0));
        expect(rows(shares) === 1 || rows(shares) * longest <= bounds.tokens).toBe(true);
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

  it('pads no row by more than the allowed share', () => {
    fc.assert(
      fc.property(buckets, lead, limits, (waiting, first, bounds) => {
        const lengths = formBatch(waiting, first, bounds).map((share) => waiting[share.bucket]?.length ?? 0);
        const longest = Math.max(0, ...lengths);
        for (const length of lengths)
          expect(length).toBeGreaterThanOrEqual(longest * (1 - bounds.paddingShare));
      }),
    );
  });

  it('fills the batch with pairs of the same length when there are enough', () => {
    const waiting = [{ length: 128, pairs: 100 }];
    expect(formBatch(waiting, 0, { tokens: 1024, paddingShare: 0.2 })).toEqual([{ bucket: 0, pairs: 8 }]);
  });
});
