import { open, stat } from 'node:fs/promises';

const PIECE_BYTES = 2 ** 20;

/** True when two files hold the same bytes. */
export async function haveSameContent(path: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(path), stat(other)]);
  if (first.size !== second.size) return false;
  if (first.ino === second.ino && first.dev === second.dev) return true;
  await using a = await open(path);
  await using b = await open(other);
  const [left, right] = [Buffer.alloc(PIECE_BYTES), Buffer.alloc(PIECE_BYTES)];
  for (let at = 0; at < first.size; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, first.size - at);
    const [{ bytesRead: fromA }, { bytesRead: fromB }] = await Promise.all([
      a.read(left, 0, length, at),
      b.read(right, 0, length, at),
    ]);
    if (fromA !== length || fromB !== length) return false;
    if (left.compare(right, 0, length, 0, length) !== 0) return false;
  }
  return true;
}
