import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../errors.ts';
import { isLfsPointer } from '../store/lfs-pointer.ts';
import { MAX_BYTES } from '../store/model-layout.ts';
import type { SourceFile } from '../store/staging.ts';

export { GOLDEN_FILE } from '../store/model-layout.ts';

/** Gathers the files of a model directory that are needed to serve it, and looks at each. */
export class ModelFiles {
  readonly directory: string;
  readonly files: SourceFile[] = [];
  /** Their sizes, added up. */
  bytes = 0;
  readonly #allow: (realPath: string) => Promise<void>;

  /** @param allow throws when a file's real path must not be read. */
  constructor(directory: string, allow: (realPath: string) => Promise<void>) {
    this.directory = directory;
    this.#allow = allow;
  }

  async has(name: string): Promise<boolean> {
    return await stat(join(this.directory, name)).then(
      () => true,
      () => false,
    );
  }

  /**
   * Takes a file that must be there.
   * @param why what it is good for, or where to get it
   * @throws ServiceError invalid_model that names it.
   */
  async require(name: string, why: string): Promise<SourceFile> {
    const path = await realpath(join(this.directory, name)).catch(() => undefined);
    if (path === undefined) {
      throw new ServiceError(
        'invalid_model',
        `the model directory has no ${name}`,
        why === '' ? {} : { detail: why },
      );
    }
    await this.#allow(path);
    const file = { name, path };
    this.bytes += await checkFile(file);
    this.files.push(file);
    return file;
  }

  /** The parsed content of a file that was required. */
  async readJson(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.directory, name), 'utf8'));
    } catch (error) {
      throw new ServiceError('invalid_model', `${name} is not JSON: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

/** @returns the size in bytes. */
async function checkFile(file: SourceFile): Promise<number> {
  const info = await stat(file.path);
  if (!info.isFile()) throw new ServiceError('invalid_model', `${file.name} is not a regular file`);
  if (info.size === 0) throw new ServiceError('invalid_model', `${file.name} is empty`);
  const limit = MAX_BYTES[file.name];
  if (limit !== undefined && info.size > limit) {
    throw new ServiceError(
      'invalid_model',
      `${file.name} has ${info.size} bytes; at most ${limit} make sense`,
    );
  }
  if (await isLfsPointer(file.path, info.size)) {
    throw new ServiceError('invalid_model', `${file.name} is a Git LFS pointer, not the file itself`, {
      detail: 'Run "git lfs pull" in the model repository.',
    });
  }
  return info.size;
}
