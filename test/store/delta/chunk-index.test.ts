import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_HASH_BYTES,
  createIndex,
  decodeIndex,
  encodeIndex,
  maxIndexBytes,
} from '../../../src/store/delta/chunk-index.ts';
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../../src/store/delta/chunker.ts';

const sha256 = 'ab'.repeat(32);

const lengths = fc
  .tuple(
    fc.array(fc.integer({ min: MIN_CHUNK_BYTES, max: MAX_CHUNK_BYTES }), { maxLength: 50 }),
    fc.integer({ min: 1, max: MAX_CHUNK_BYTES }),
  )
  .map(([all, last]) => [...all, last]);

const indexes = lengths.chain((all) =>
  fc
    .uint8Array({ minLength: all.length * CHUNK_HASH_BYTES, maxLength: all.length * CHUNK_HASH_BYTES })
    .map((hashes) => createIndex(sha256, all, hashes)),
);

describe('a chunk index', () => {
  it('is the same after a round trip', () => {
    fc.assert(
      fc.property(indexes, (index) => {
        const bytes = encodeIndex(index);
        const back = decodeIndex(bytes);
        expect(back.size).toBe(index.size);
        expect(back.sha256).toBe(sha256);
        expect([...back.offsets]).toEqual([...index.offsets]);
        expect([...back.hashes]).toEqual([...index.hashes]);
        expect(bytes.length).toBeLessThanOrEqual(maxIndexBytes(index.size));
      }),
    );
  });

  it('of an empty file has no chunks', () => {
    expect(decodeIndex(encodeIndex(createIndex(sha256, [], new Uint8Array())))).toMatchObject({ size: 0 });
  });

  it('has the layout that is documented', () => {
    const bytes = encodeIndex(createIndex(sha256, [MIN_CHUNK_BYTES, 7], new Uint8Array(32).fill(9)));
    expect(bytes.toString('latin1', 0, 8)).toBe('RRKCHNKS');
    expect([bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([1, 2]);
    expect(bytes.readBigUInt64LE(16)).toBe(BigInt(MIN_CHUNK_BYTES + 7));
    expect(bytes.toString('hex', 24, 56)).toBe(sha256);
    expect(bytes.readUInt32LE(56)).toBe(MIN_CHUNK_BYTES);
    expect(bytes.length).toBe(56 + 2 * 20);
  });

  const sound = encodeIndex(createIndex(sha256, [MIN_CHUNK_BYTES, 20_000, 7], new Uint8Array(48)));
  const spoilt = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(sound);
    change(bytes);
    return bytes;
  };
  it.each([
    ['something else', Buffer.from('<html>not found</html>'.repeat(10)), /not a chunk index/],
    ['nothing', Buffer.alloc(0), /not a chunk index/],
    ['another version', spoilt((bytes) => bytes.writeUInt32LE(2, 8)), /version 2/],
    ['too few chunks', sound.subarray(0, -20), /do not fit/],
    ['more bytes than chunks', Buffer.concat([sound, Buffer.alloc(3)]), /do not fit/],
    ['a count beyond all bounds', spoilt((bytes) => bytes.writeUInt32LE(0xffffffff, 12)), /do not fit/],
    ['another size of the file', spoilt((bytes) => bytes.writeBigUInt64LE(1n, 16)), /the file has not/],
    ['a size beyond all numbers', spoilt((bytes) => bytes.fill(0xff, 16, 24)), /the file has not/],
    ['a chunk that is too long', spoilt((bytes) => bytes.writeUInt32LE(MAX_CHUNK_BYTES + 1, 56)), /chunk 0/],
    ['many tiny chunks', spoilt((bytes) => bytes.writeUInt32LE(1, 76)), /chunk 1/],
    ['an empty chunk', spoilt((bytes) => bytes.writeUInt32LE(0, 96)), /chunk 2/],
  ])('is refused: %s', (_, bytes, message) => {
    expect(() => decodeIndex(bytes)).toThrow(message);
  });
});
