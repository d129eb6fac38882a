import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIndex, hashOf, lengthOf } from '../../../src/store/delta/chunk-index.ts';
import { chunkEnd, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../../src/store/delta/chunker.ts';
import { indexOf } from '../../support/delta-world.ts';
import {
  givenContent,
  joinedContent,
  seededContent,
  sha256Of,
  sliceOf,
} from '../../support/fake-hub/content.ts';

const MIB = 2 ** 20;

function cut(data: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at < data.length; ) ends.push((at = chunkEnd(data, at, data.length)));
  return ends;
}

describe('chunks', () => {
  it('are between the bounds, and of the size that the format was chosen for', () => {
    const ends = cut(seededContent('any', 32 * MIB).read(0, 32 * MIB));
    const lengths = ends.map((end, chunk) => end - (ends[chunk - 1] ?? 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(MIN_CHUNK_BYTES);
    const mean = (32 * MIB) / lengths.length;
    expect(mean).toBeGreaterThan(64 * 1024);
    expect(mean).toBeLessThan(96 * 1024);
  });

  it('are found again after whatever was put in before them', () => {
    const content = seededContent('any', 4 * MIB).read(0, 4 * MIB);
    const ends = cut(content);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.nat(100_000), (insert, at) => {
        const changed = Buffer.concat([content.subarray(0, at), insert, content.subarray(at)]);
        const moved = new Set(cut(changed).map((end) => end - insert.length));
        const lost = ends.filter((end) => end > at && !moved.has(end));
        expect(lost.length).toBeLessThanOrEqual(6);
      }),
      { numRuns: 20 },
    );
  });

  it('of what repeats are as long as may be, and end', () => {
    expect(cut(Buffer.alloc(MIB)).length).toBe(MIB / MAX_CHUNK_BYTES);
    expect(cut(Buffer.alloc(0))).toEqual([]);
    expect(cut(Buffer.alloc(1))).toEqual([1]);
    expect(cut(Buffer.alloc(MIN_CHUNK_BYTES))).toEqual([MIN_CHUNK_BYTES]);
  });

  it('are where every release has them: published indexes must go on to match', async () => {
    const bytes = encodeIndex(await indexOf(seededContent('pinned', 3 * MIB)));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      'a3d1a5f12dfcbb0412424de615dc236a2580ac71682d50fd19031b5658e85736',
    );
  });

  it.each([0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 9 * MIB + 17])(
    'of a file of %i bytes are those of its bytes, whatever is read at a time',
    async (size) => {
      const content = seededContent('size', size);
      const index = await indexOf(content);
      const data = content.read(0, size);
      expect([...index.offsets].slice(1)).toEqual(cut(data));
      expect(index.sha256).toBe(sha256Of(content));
      for (let chunk = 0; chunk < index.count; chunk++) {
        const start = index.offsets[chunk] as number;
        const own = createHash('sha256').update(data.subarray(start, start + lengthOf(index, chunk)));
        expect(Buffer.from(hashOf(index, chunk))).toEqual(own.digest().subarray(0, 16));
      }
    },
  );

  it('of a file with a longer header are the same but for one or two', async () => {
    const content = seededContent('header', 8 * MIB);
    const changed = joinedContent(
      sliceOf(content, 0, 500),
      givenContent('x'.repeat(37)),
      sliceOf(content, 500),
    );
    const [before, after] = [await indexOf(content), await indexOf(changed)];
    const known = new Set(Array.from({ length: before.count }, (_, chunk) => hex(hashOf(before, chunk))));
    const news = Array.from({ length: after.count }, (_, chunk) => hex(hashOf(after, chunk)));
    expect(news.filter((hash) => !known.has(hash)).length).toBeLessThanOrEqual(2);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
