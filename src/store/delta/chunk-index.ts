/**
 * The chunks of one file, in order. As bytes, little-endian:
 *
 * | offset | bytes | what                                                          |
 * |-------:|------:|---------------------------------------------------------------|
 * |      0 |     8 | "RRKCHNKS"                                                    |
 * |      8 |     4 | version, 1                                                    |
 * |     12 |     4 | number of chunks, n                                           |
 * |     16 |     8 | size of the file                                              |
 * |     24 |    32 | SHA-256 of the file                                           |
 * |     56 |  20 n | of every chunk: its length (4), the first half of its SHA-256 |
 *
 * A chunk lies where those before it end: an index can't name overlapping ones. All but the last have at least
 * MIN_CHUNK_BYTES, and none has more than MAX_CHUNK_BYTES, so the size of the file bounds the size of its index.
 */
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunker.ts';

/** What the name of a published index ends with. */
export const INDEX_SUFFIX = '.chunks';

export const CHUNK_HASH_BYTES = 16;

const MAGIC = Buffer.from('RRKCHNKS', 'latin1');
const VERSION = 1;
const HEADER_BYTES = 56;
const ENTRY_BYTES = 4 + CHUNK_HASH_BYTES;

export interface ChunkIndex {
  /** Of the file, in bytes. */
  readonly size: number;
  /** Of the file, in hex. */
  readonly sha256: string;
  readonly count: number;
  /** Where each chunk begins; one more for the end of the last. */
  readonly offsets: Float64Array;
  /** CHUNK_HASH_BYTES for each chunk. */
  readonly hashes: Uint8Array;
}

/** An index that is damaged, of another version, or says what can't be. */
export class InvalidIndex extends Error {
  override readonly name = 'InvalidIndex';
}

/** The most bytes that the index of a file of `size` bytes can have. */
export function maxIndexBytes(size: number): number {
  return HEADER_BYTES + ENTRY_BYTES * (Math.floor(size / MIN_CHUNK_BYTES) + 1);
}

/** Bytes of a chunk. @param chunk its number, from 0 */
export function lengthOf({ offsets }: ChunkIndex, chunk: number): number {
  return (offsets[chunk + 1] as number) - (offsets[chunk] as number);
}

/** A view into the hashes, not a copy. @param chunk its number, from 0 */
export function hashOf({ hashes }: ChunkIndex, chunk: number): Uint8Array {
  return hashes.subarray(chunk * CHUNK_HASH_BYTES, (chunk + 1) * CHUNK_HASH_BYTES);
}

/** @param lengths of the chunks; @param hashes CHUNK_HASH_BYTES for each */
export function createIndex(sha256: string, lengths: readonly number[], hashes: Uint8Array): ChunkIndex {
  const offsets = new Float64Array(lengths.length + 1);
  for (const [chunk, length] of lengths.entries()) {
    offsets[chunk + 1] = (offsets[chunk] as number) + length;
  }
  return { size: offsets.at(-1) as number, sha256, count: lengths.length, offsets, hashes };
}

/** The bytes that `decodeIndex` takes: the format is in docs/publishing.md. */
export function encodeIndex(index: ChunkIndex): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + ENTRY_BYTES * index.count);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(index.count, 12);
  bytes.writeBigUInt64LE(BigInt(index.size), 16);
  bytes.write(index.sha256, 24, 'hex');
  for (let chunk = 0; chunk < index.count; chunk++) {
    const at = HEADER_BYTES + ENTRY_BYTES * chunk;
    bytes.writeUInt32LE(lengthOf(index, chunk), at);
    bytes.set(hashOf(index, chunk), at + 4);
  }
  return bytes;
}

/** @throws InvalidIndex that says what is wrong. */
export function decodeIndex(data: Uint8Array): ChunkIndex {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) {
    throw new InvalidIndex('it is not a chunk index');
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) throw new InvalidIndex(`version ${version} is not known`);
  const count = bytes.readUInt32LE(12);
  if (bytes.length !== HEADER_BYTES + ENTRY_BYTES * count) {
    throw new InvalidIndex(`${count} chunks do not fit ${bytes.length} bytes`);
  }
  const index = readChunks(bytes, count);
  if (BigInt(index.size) !== bytes.readBigUInt64LE(16)) {
    throw new InvalidIndex(`its chunks have ${index.size} bytes, and the file has not`);
  }
  return index;
}

function readChunks(bytes: Buffer, count: number): ChunkIndex {
  const lengths: number[] = [];
  const hashes = new Uint8Array(CHUNK_HASH_BYTES * count);
  for (let chunk = 0; chunk < count; chunk++) {
    const at = HEADER_BYTES + ENTRY_BYTES * chunk;
    const length = bytes.readUInt32LE(at);
    const least = chunk === count - 1 ? 1 : MIN_CHUNK_BYTES;
    if (length < least || length > MAX_CHUNK_BYTES) {
      throw new InvalidIndex(`chunk ${chunk} has ${length} bytes`);
    }
    lengths.push(length);
    hashes.set(bytes.subarray(at + 4, at + ENTRY_BYTES), chunk * CHUNK_HASH_BYTES);
  }
  return createIndex(bytes.toString('hex', 24, HEADER_BYTES), lengths, hashes);
}
