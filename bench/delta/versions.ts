import { createCipheriv, createHash } from 'node:crypto';

const MIB = 2 ** 20;

const HEADER_BYTES = 4096;

const LAYERS = 12;

/** A file, piece by piece. */
export type Pieces = () => Iterable<Buffer>;

/** The file that everybody has. @param size in bytes, of whole MiB */
export function oldVersion(size: number): Pieces {
  return function* () {
    yield* noise('header', HEADER_BYTES);
    yield* noise('weights', size - HEADER_BYTES);
  };
}

/** The same file, changed in four ways, by what was done to it. */
export function newVersions(size: number): Readonly<Record<string, Pieces>> {
  const layer = Math.floor(size / LAYERS);
  const withOtherEnd = (bytes: number): Pieces =>
    function* () {
      yield* noise('header', HEADER_BYTES);
      yield* noise('weights', size - HEADER_BYTES - bytes);
      yield* noise('other', bytes);
    };
  return {
    '37 bytes more in the header': function* () {
      yield* noise('header', HEADER_BYTES);
      yield Buffer.alloc(37, 'x');
      yield* noise('weights', size - HEADER_BYTES);
    },
    [`the last 1 of ${size / MIB} MiB replaced`]: withOtherEnd(MIB),
    [`the last 2 of ${LAYERS} layers replaced`]: withOtherEnd(2 * layer),
    'every weight nudged': function* () {
      yield* noise('header', HEADER_BYTES);
      yield* nudged(noise('weights', size - HEADER_BYTES));
    },
  };
}

/** Bytes that no compressor makes smaller, the same for the same seed. */
function* noise(seed: string, bytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16));
  for (let left = bytes; left > 0; left -= MIB) yield cipher.update(Buffer.alloc(Math.min(MIB, left)));
}

/** Each 32-bit weight a little different: its lowest bit. */
function* nudged(pieces: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += 4) piece[at] = (piece[at] ?? 0) ^ 1;
    yield piece;
  }
}
