import { createCipheriv, createHash } from 'node:crypto';

const BLOCK = 16;
const PIECE_BYTES = 64 * 1024;

/** Bytes that can be read from anywhere without being held anywhere. */
export interface Content {
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Buffer;
}

/** Bytes that no compressor makes smaller, the same for the same seed: a key stream, so any place of it is at hand. */
export function seededContent(seed: string, size: number): Content {
  const key = createHash('sha256').update(seed).digest().subarray(0, BLOCK);
  return {
    size,
    read(start, end) {
      const first = Math.floor(start / BLOCK);
      const counter = Buffer.alloc(BLOCK);
      counter.writeBigUInt64BE(BigInt(first), 8);
      const cipher = createCipheriv('aes-128-ctr', key, counter);
      return cipher.update(Buffer.alloc(end - first * BLOCK)).subarray(start - first * BLOCK);
    },
  };
}

export function givenContent(bytes: string | Uint8Array): Content {
  const buffer = Buffer.from(bytes as string);
  return { size: buffer.length, read: (start, end) => buffer.subarray(start, end) };
}

/** One after the other: how a file with a changed header or a replaced tail is put together. */
export function joinedContent(...parts: readonly Content[]): Content {
  return {
    size: parts.reduce((sum, { size }) => sum + size, 0),
    read(start, end) {
      const pieces: Buffer[] = [];
      let offset = 0;
      for (const part of parts) {
        const from = Math.max(0, start - offset);
        const to = Math.min(part.size, end - offset);
        if (from < to) pieces.push(part.read(from, to));
        offset += part.size;
      }
      return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    },
  };
}

/** The bytes from `start` up to, not including, `end`, as content of its own. */
export function sliceOf(content: Content, start: number, end = content.size): Content {
  return { size: end - start, read: (from, to) => content.read(start + from, start + to) };
}

/** The content in pieces small enough to send one by one. */
export function* piecesOf(
  content: Content,
  start = 0,
  end = content.size,
  pieceBytes = PIECE_BYTES,
): Generator<Buffer> {
  for (let from = start; from < end; from += pieceBytes) {
    yield content.read(from, Math.min(end, from + pieceBytes));
  }
}

const hashes = new WeakMap<Content, string>();

/** What an LFS pointer calls `oid`. Computed once: it is part of the head of every answer. */
export function sha256Of(content: Content): string {
  const known = hashes.get(content);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const piece of piecesOf(content)) hash.update(piece);
  const digest = hash.digest('hex');
  hashes.set(content, digest);
  return digest;
}

/** What git calls a blob of these bytes. */
export function gitSha1Of(content: Content): string {
  const hash = createHash('sha1').update(`blob ${content.size}\0`);
  for (const piece of piecesOf(content)) hash.update(piece);
  return hash.digest('hex');
}
