import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const READ_BYTES = 2 ** 20;

/** @returns SHA-256 in hex; nothing when the file can't be read. */
export function hashFile(path: string, report: (bytes: number) => void): string | undefined {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const hash = createHash('sha256');
  try {
    const file = openSync(path, 'r');
    try {
      for (;;) {
        const bytes = readSync(file, buffer);
        if (bytes === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, bytes));
        report(bytes);
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
