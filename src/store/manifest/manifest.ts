import { z } from 'zod';
import { problemsOf } from '../../platform/problems-of.ts';
import { INDEX_SUFFIX } from '../delta/chunk-index.ts';
import { problemOfPath } from './inner-path.ts';

/** Under this name a directory of files is published. */
export const MANIFEST_NAME = 'manifest.json';

export const MAX_MANIFEST_BYTES = 2 ** 20;

const MAX_FILES = 1000;
const MAX_FILE_BYTES = 2 ** 40;

/** Code, and formats that run code when they are loaded. A model needs none. */
const CODE =
  /\.(?:py|pyc|pkl|pickle|pt|pth|ckpt|joblib|so|dll|dylib|exe|sh)$|(?:^|\/)pytorch_model[^/]*\.bin$/i;

export interface PublishedFile {
  /** Relative to the manifest, with forward slashes. */
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  /** Path of its chunk index, relative to the manifest. */
  readonly chunks?: string | undefined;
}

/** `{"version":1,"files":[{"path","size","sha256","chunks"?}]}` */
export interface Manifest {
  readonly version: 1;
  readonly files: readonly PublishedFile[];
}

/** A manifest that says what can't be, or what must not be. */
export class InvalidManifest extends Error {
  override readonly name = 'InvalidManifest';
}

const innerPath = z.string().superRefine((path, context) => {
  const problem = problemOfPath(path);
  if (problem !== undefined)
    context.addIssue({ code: 'custom', message: `${JSON.stringify(path.slice(0, 80))} ${problem}` });
});

const schema = z.object({
  version: z.literal(1),
  files: z
    .array(
      z.object({
        path: innerPath.refine((path) => !CODE.test(path), {
          error: 'it may hold code, and a model needs none',
        }),
        size: z.int().min(1).max(MAX_FILE_BYTES),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'it is not a SHA-256 in lower-case hex' }),
        chunks: innerPath.endsWith(INDEX_SUFFIX).optional(),
      }),
    )
    .min(1)
    .max(MAX_FILES),
});

/**
 * @param maxBytes of all files together
 * @throws InvalidManifest that says what is wrong.
 */
export function parseManifest(bytes: Uint8Array, maxBytes: number): Manifest {
  const parsed = schema.safeParse(parseJson(bytes));
  if (!parsed.success) throw new InvalidManifest(problemsOf(parsed.error, MANIFEST_NAME, ': '));
  const { files } = parsed.data;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) throw new InvalidManifest(`its files have ${total} bytes; ${maxBytes} are allowed`);
  refuseCollisions(files);
  return parsed.data;
}

/** The same files give the same bytes, in whatever order they are given. */
export function formatManifest(files: readonly PublishedFile[]): string {
  const sorted = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, size, sha256, chunks }) => ({
      path,
      size,
      sha256,
      ...(chunks === undefined ? {} : { chunks }),
    }));
  return `${JSON.stringify({ version: 1, files: sorted } satisfies Manifest, undefined, 1)}\n`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidManifest(`it is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Two files of one name, also where case and composition of letters make no difference, or a file where a folder is. */
function refuseCollisions(files: readonly PublishedFile[]): void {
  const names = new Set<string>();
  for (const { path } of files) {
    const name = plain(path);
    if (names.has(name)) throw new InvalidManifest(`it names ${JSON.stringify(path)} twice`);
    names.add(name);
  }
  for (const { path } of files) {
    const parts = plain(path).split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (names.has(folder)) throw new InvalidManifest(`${JSON.stringify(folder)} is a file and a folder`);
    }
  }
}

function plain(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
