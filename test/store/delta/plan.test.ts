import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChunkIndex, createIndex, lengthOf } from '../../../src/store/delta/chunk-index.ts';
import { MIN_CHUNK_BYTES } from '../../../src/store/delta/chunker.ts';
import { missingRanges, planDelta } from '../../../src/store/delta/plan.ts';

/** A chunk for each letter: the same letter has the same content. */
function fileOf(letters: string): Buffer {
  return Buffer.concat(
    letters.split('').map((letter) => Buffer.alloc(MIN_CHUNK_BYTES + letter.charCodeAt(0) * 100, letter)),
  );
}

function indexOf(letters: string): ChunkIndex {
  const chunks = letters.split('').map(fileOf);
  const hashes = chunks.map((chunk) => createHash('sha256').update(chunk).digest().subarray(0, 16));
  return createIndex(
    '00'.repeat(32),
    chunks.map(({ length }) => length),
    Buffer.concat(hashes),
  );
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), maxLength: 40 });
const gaps = fc.constantFrom(0, 1, 30_000, 60_000, 1_000_000);

describe('a plan', () => {
  it('makes the new file of the old one and of what is fetched, each byte once', () => {
    fc.assert(
      fc.property(letters, letters, gaps, (old, next, gap) => {
        const [from, wanted, index] = [fileOf(old), fileOf(next), indexOf(next)];
        const plan = planDelta(indexOf(old), index, gap);
        const written = new Uint8Array(wanted.length);
        const made = Buffer.alloc(wanted.length);
        const write = (bytes: Buffer, at: number): void => {
          made.set(bytes, at);
          for (let byte = at; byte < at + bytes.length; byte++) written[byte] = (written[byte] ?? 0) + 1;
        };
        for (let chunk = 0; chunk < index.count; chunk++) {
          const source = plan.sources[chunk] as number;
          if (source < 0) continue;
          write(from.subarray(source, source + lengthOf(index, chunk)), index.offsets[chunk] as number);
        }
        for (const { start, end } of plan.ranges) write(wanted.subarray(start, end), start);
        expect(written.every((times) => times === 1)).toBe(true);
        expect(made.equals(wanted)).toBe(true);
        const fetched = plan.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
        expect([plan.fetchedBytes, plan.copiedBytes]).toEqual([fetched, wanted.length - fetched]);
      }),
      { numRuns: 60 },
    );
  });

  it('has ranges in order, with more than the cost of a request between them', () => {
    fc.assert(
      fc.property(letters, letters, gaps, (old, next, gap) => {
        const { ranges } = planDelta(indexOf(old), indexOf(next), gap);
        for (const [place, range] of ranges.entries()) {
          expect(range.end).toBeGreaterThan(range.start);
          const before = ranges[place - 1];
          if (before !== undefined) expect(range.start - before.end).toBeGreaterThan(gap);
        }
      }),
    );
  });

  it('fetches nothing of an equal file, and all of one that has nothing in common', () => {
    expect(planDelta(indexOf('abcabc'), indexOf('cba'), 1000)).toMatchObject({ ranges: [], fetchedBytes: 0 });
    const { size } = indexOf('fgh');
    expect(planDelta(indexOf('abc'), indexOf('fgh'), 0).ranges).toEqual([{ start: 0, end: size }]);
  });

  it('fetches a hit between two misses along with them when that costs less than a request', () => {
    const next = indexOf('xax');
    const gap = lengthOf(next, 1);
    expect(planDelta(indexOf('a'), next, gap).ranges).toEqual([{ start: 0, end: next.size }]);
    expect(planDelta(indexOf('a'), next, gap).copiedBytes).toBe(0);
    expect(planDelta(indexOf('a'), next, gap - 1).ranges.length).toBe(2);
  });

  it('splits what is large, so that several connections share it', () => {
    const next = indexOf('x'.repeat(2000));
    const ranges = missingRanges(next, () => false, 1000);
    expect(ranges.length).toBeGreaterThan(2);
    expect(Math.max(...ranges.map(({ start, end }) => end - start))).toBeLessThanOrEqual(16 * 2 ** 20);
    expect(ranges.at(-1)?.end).toBe(next.size);
    for (const [place, { start }] of ranges.entries()) expect(start).toBe(ranges[place - 1]?.end ?? 0);
  });
});
