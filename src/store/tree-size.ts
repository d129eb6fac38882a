import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Counts every file once, however many names it has: compiled models are hard links to their weights in part. */
export class TreeSizes {
  readonly #counted = new Set<string>();

  /** Bytes of the files below a path that were not counted before. Links are not followed; what vanishes meanwhile is nothing. */
  async of(path: string): Promise<number> {
    const info = await lstat(path, { bigint: true }).catch(() => undefined);
    if (info === undefined) return 0;
    if (!info.isDirectory()) return this.#count(info);
    let bytes = 0;
    for (const name of await readdir(path).catch(() => [])) bytes += await this.of(join(path, name));
    return bytes;
  }

  #count({ dev, ino, size }: { dev: bigint; ino: bigint; size: bigint }): number {
    const id = `${dev}:${ino}`;
    if (this.#counted.has(id)) return 0;
    this.#counted.add(id);
    return Number(size);
  }
}

/** The last change of anything below a path, in milliseconds since 1970; 0 when it is not there. */
export async function lastChange(path: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  const below = await Promise.all(
    (await readdir(path).catch(() => [])).map((name) => lastChange(join(path, name))),
  );
  return Math.max(info.mtimeMs, ...below);
}
