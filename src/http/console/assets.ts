import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the page. */
interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly etag: string;
}

/** By its path below /ui/, with `/` between its parts. */
export type Assets = ReadonlyMap<string, Asset>;

/** Whatever has another ending is no part of the page. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const DIRECTORY = fileURLToPath(new URL('./static/', import.meta.url));

/** Reads the files of the console once: a request can name only what was there, and never waits for a disk. */
export async function loadAssets(directory = DIRECTORY): Promise<Assets> {
  const names = await readdir(directory, { recursive: true });
  const known = names.filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(
    await Promise.all(
      known.map(async (name) => {
        const content = await readFile(join(directory, name));
        const hash = createHash('sha256').update(content).digest('base64url');
        const type = TYPES[extname(name)] as string;
        return [name.replaceAll(sep, '/'), { type, content, etag: `"${hash.slice(0, 22)}"` }] as const;
      }),
    ),
  );
}
