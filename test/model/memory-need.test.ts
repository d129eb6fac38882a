import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateMemoryNeed, type ModelSize } from '../../src/model/memory-need.ts';

const MIB = 2 ** 20;

/** 48 MiB + 24 × 2 MiB for the tokenizer, 96 MiB in all. */
const shared: ModelSize = {
  engines: 4,
  weightBytes: 500 * MIB,
  isShared: true,
  tokenizerFileBytes: 2 * MIB,
};

const need = (candidate: ModelSize, running?: ModelSize & { ownBytes: number }): number =>
  estimateMemoryNeed(candidate, running) / MIB;

describe('the memory that a model needs', () => {
  it('is the weights once, a tokenizer, and the scratch of every engine', () => {
    expect(need(shared, { ...shared, ownBytes: (96 + 4 * 100) * MIB })).toBe(500 + 96 + 4 * 100);
  });

  it('is that of the model that runs, when another of its kind comes', () => {
    const exported = { ...shared, isShared: false };
    const ownBytes = (96 + 4 * (800 + 70)) * MIB;
    expect(estimateMemoryNeed(exported, { ...exported, ownBytes })).toBeCloseTo(ownBytes, 0);
  });

  it('holds private weights in every engine, more than the file has', () => {
    const exported = { ...shared, isShared: false, engines: 2 };
    expect(need(exported, { ...shared, ownBytes: (96 + 4 * 100) * MIB })).toBeCloseTo(
      2 * 1.6 * 500 + 96 + 2 * 100,
    );
  });

  it('does not take private weights of the running model for scratch', () => {
    const exported = { ...shared, isShared: false, ownBytes: (96 + 4 * (800 + 70)) * MIB };
    expect(need(shared, exported)).toBeCloseTo(500 + 96 + 4 * 70);
  });

  it('grows with the vocabulary', () => {
    const multilingual = { ...shared, tokenizerFileBytes: 16 * MIB };
    expect(need(multilingual, { ...shared, ownBytes: (96 + 4 * 100) * MIB })).toBe(
      500 + 48 + 24 * 16 + 4 * 100,
    );
  });

  it('counts at least 48 MiB an engine, whatever was measured', () => {
    expect(need(shared)).toBe(500 + 96 + 4 * 48);
    expect(need(shared, { ...shared, ownBytes: 0 })).toBe(500 + 96 + 4 * 48);
  });

  it('never falls when the candidate is larger or the running model took more', () => {
    const bytes = fc.nat(2 ** 40);
    const size = fc.record({
      engines: fc.integer({ min: 1, max: 32 }),
      weightBytes: bytes,
      isShared: fc.boolean(),
      tokenizerFileBytes: fc.nat(2 ** 30),
    });
    const growth = fc.record({
      engines: fc.nat(8),
      weightBytes: bytes,
      tokenizerFileBytes: bytes,
      ownBytes: bytes,
    });
    fc.assert(
      fc.property(size, size, bytes, growth, (candidate, runs, ownBytes, more) => {
        const larger = {
          engines: candidate.engines + more.engines,
          weightBytes: candidate.weightBytes + more.weightBytes,
          isShared: candidate.isShared,
          tokenizerFileBytes: candidate.tokenizerFileBytes + more.tokenizerFileBytes,
        };
        const before = estimateMemoryNeed(candidate, { ...runs, ownBytes });
        expect(before).toBeGreaterThan(candidate.weightBytes);
        expect(estimateMemoryNeed(larger, { ...runs, ownBytes })).toBeGreaterThanOrEqual(before);
        expect(
          estimateMemoryNeed(candidate, { ...runs, ownBytes: ownBytes + more.ownBytes }),
        ).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('is no less with private weights than with shared ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.nat(2 ** 40), (engines, weightBytes) => {
        const size = { ...shared, engines, weightBytes };
        expect(need({ ...size, isShared: false })).toBeGreaterThanOrEqual(need(size));
      }),
    );
  });
});
