import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SynthesisError } from './errors.ts';

/**
 * Where a directory is to appear as a whole or not at all. Everything is written into a hidden directory beside it,
 * which takes its name at the end.
 */
export class TargetDirectory {
  /** The directory that appears in the end. */
  readonly path: string;
  /** The directory to write into. */
  readonly partial: string;
  readonly #force: boolean;
  readonly #replaced: string;

  private constructor(path: string, force: boolean) {
    this.path = path;
    this.#force = force;
    const beside = join(dirname(path), `.${basename(path)}`);
    const id = randomUUID().slice(0, 8);
    this.partial = `${beside}.partial-${id}`;
    this.#replaced = `${beside}.replaced-${id}`;
  }

  /**
   * Makes the directory to write into.
   * @param bytes that will be written, which must fit on the disk.
   * @throws SynthesisError when the target can't be written or may not be replaced, or the disk is too full.
   */
  static async prepare(path: string, force: boolean, bytes: number): Promise<TargetDirectory> {
    try {
      const target = new TargetDirectory(await resolved(path), force);
      await target.#checkReplaceable();
      const parent = dirname(target.path);
      await mkdir(parent, { recursive: true });
      const { bavail, bsize } = await statfs(parent);
      if (bavail * bsize < bytes) {
        throw new SynthesisError(
          `The disk is too full: ${target.path} needs ${megabytes(bytes)}, and ${megabytes(bavail * bsize)} are free. ` +
            'Free some space, or name a directory on another disk.',
        );
      }
      await mkdir(target.partial);
      return target;
    } catch (error) {
      if (error instanceof SynthesisError) throw error;
      throw new SynthesisError(`${path} can't be written: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Puts what was written in its place, durably. */
  async commit(): Promise<void> {
    await syncDirectory(this.partial);
    const isReplacing = await this.#checkReplaceable();
    if (isReplacing) await rename(this.path, this.#replaced);
    else await rmdir(this.path).catch(ignoreMissing);
    await rename(this.partial, this.path);
    await syncDirectory(dirname(this.path));
    if (isReplacing) await rm(this.#replaced, { recursive: true });
  }

  /** Takes back what was written, unless it is in its place. */
  async discard(): Promise<void> {
    await rm(this.partial, { recursive: true, force: true });
  }

  /** @returns whether there is something to replace. */
  async #checkReplaceable(): Promise<boolean> {
    const entries = await entriesOf(this.path);
    if (entries.length === 0) return false;
    if (!this.#force) {
      throw new SynthesisError(
        `${this.path} is not empty. Name another directory, or say --force to replace the model in it.`,
      );
    }
    // The directory goes as a whole. A slip of the hand shall not cost anyone a home directory.
    if (!entries.includes('config.json')) {
      throw new SynthesisError(
        `${this.path} has no config.json, so it is not a model, and --force replaces nothing else. Name another directory.`,
      );
    }
    return true;
  }
}

/** Through symbolic links, so that what they point to is replaced and not they. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    ignoreMissing(error);
    return resolve(path);
  }
}

async function entriesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync();
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
