const MAX_LENGTH = 512;
const MAX_PART_BYTES = 200;
const MAX_PARTS = 8;

/** Characters that are not seen, and those that end or change a path, a URL or a pattern for somebody. */
const UNSAFE = /[\\\p{C}\p{Zl}\p{Zp}:*?"<>|]/u;

/**
 * @returns what is wrong with a path that somebody else names below a directory of ours; nothing when it stays there, on
 * every platform, and is not hidden.
 */
export function problemOfPath(path: string): string | undefined {
  if (path.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (UNSAFE.test(path)) return 'has a character that names of files should not have';
  const parts = path.split('/');
  if (parts.length > MAX_PARTS) return `is more than ${MAX_PARTS} levels deep`;
  for (const part of parts) {
    if (part === '') return 'has an empty part';
    if (part.startsWith('.')) return 'has a part that begins with a dot';
    if (/[. ]$/.test(part)) return 'has a part that ends with a dot or a space';
    if (Buffer.byteLength(part) > MAX_PART_BYTES) return `has a part of more than ${MAX_PART_BYTES} bytes`;
  }
  return undefined;
}
