import type { FileHandle } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeFully } from '../../../src/store/download/write-fully.ts';

interface Call {
  readonly bytes: string;
  readonly position: number;
  readonly buffers: readonly ArrayBufferLike[];
}

/** A file that takes only so many bytes a call, the last number again and again. */
function fileTaking(...most: number[]) {
  const calls: Call[] = [];
  const writev = async (pieces: readonly Uint8Array[], position: number) => {
    const bytes = Buffer.concat(pieces).toString();
    calls.push({ bytes, position, buffers: pieces.map(({ buffer }) => buffer) });
    return { bytesWritten: Math.min(bytes.length, most[calls.length - 1] ?? (most.at(-1) as number)) };
  };
  return { handle: { writev } as unknown as FileHandle, calls };
}

const pieces = ['abc', 'de', 'fghi'].map((text) => new Uint8Array(Buffer.from(text)));

test('pieces are written in one call, as they are', async () => {
  const { handle, calls } = fileTaking(9);
  expect(await writeFully(handle, pieces, 100)).toBe(9);
  expect(calls.map(({ bytes, position }) => [bytes, position])).toEqual([['abcdefghi', 100]]);
});

test('what a call has left is written by the next one, without a copy', async () => {
  const { handle, calls } = fileTaking(3, 1, 2, 1);
  expect(await writeFully(handle, pieces, 100)).toBe(9);
  expect(calls.map(({ bytes, position }) => [bytes, position])).toEqual([
    ['abcdefghi', 100],
    ['defghi', 103],
    ['efghi', 104],
    ['ghi', 106],
    ['hi', 107],
    ['i', 108],
  ]);
  const own = new Set(pieces.map(({ buffer }) => buffer as ArrayBufferLike));
  for (const { buffers } of calls) for (const buffer of buffers) expect(own.has(buffer)).toBe(true);
});

test('a disk that takes nothing is an error, and nothing is no write', async () => {
  await expect(writeFully(fileTaking(4, 0).handle, pieces, 0)).rejects.toMatchObject({ code: 'EIO' });
  const { handle, calls } = fileTaking(1);
  expect(await writeFully(handle, [new Uint8Array(0)], 0)).toBe(0);
  expect(calls).toEqual([]);
});
