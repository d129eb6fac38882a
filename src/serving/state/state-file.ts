import { link, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { messageOf, ServiceError } from '../../errors.ts';
import { syncDirectory } from '../../platform/sync-directory.ts';
import { type ServingState, stateSchema } from './serving-state.ts';

/** Far beyond a hundred models in the history and all that are in quarantine. */
const MAX_BYTES = 2 ** 20;

export interface StateReading {
  readonly state: ServingState | undefined;
  /** Set when there was a file that could not be used: where it was put aside, and what is used instead. */
  readonly unreadable?: string;
}

/**
 * `.last_good_model`: what to serve after a restart. Either the old or the new content survives a crash, never a mixture; and
 * should the disk damage the file, the content before it is still there.
 */
export class StateFile {
  readonly #path: string;

  constructor(stateDirectory: string) {
    this.#path = join(stateDirectory, '.last_good_model');
  }

  get path(): string {
    return this.#path;
  }

  /** Never throws: whatever is wrong with the file must not keep a server from starting. */
  async read(): Promise<StateReading> {
    await this.#removeLeftovers();
    const current = await readState(this.#path);
    if (current !== 'unreadable') return { state: current };
    const aside = `${this.#path}.unreadable`;
    // Where nothing can be written, it can't be put aside either.
    const isAside = await rename(this.#path, aside).then(
      () => true,
      () => false,
    );
    const previous = await readState(this.#previousPath);
    const state = previous === 'unreadable' ? undefined : previous;
    const where = isAside ? `was put aside as ${aside}` : 'was left where it is';
    const instead = state === undefined ? 'there is no copy from before' : `its previous copy is used`;
    return { state, unreadable: `${this.#path} could not be read and ${where}; ${instead}` };
  }

  /** As if nothing had ever been updated. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /**
   * Keeps the content so far beside it. Temp file, fsync, rename (write-file-atomic), then the directory, without which the
   * rename itself could be lost.
   * @throws ServiceError insufficient_storage.
   */
  async write(state: ServingState): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await this.#keepPrevious();
      await writeFileAtomic(this.#path, `${JSON.stringify(state, null, 2)}\n`, { fsync: true });
      await syncDirectory(dirname(this.#path));
    } catch (error) {
      throw new ServiceError('insufficient_storage', `${this.#path} can't be written: ${reasonOf(error)}`, {
        detail: 'What it says decides what a restart serves; see to the disk of RERANK_STATE_DIR.',
        cause: error,
      });
    }
  }

  /** Temporary files of writes that a crash cut off; write-file-atomic gives them a number for a name. */
  async #removeLeftovers(): Promise<void> {
    const directory = dirname(this.#path);
    for (const name of await readdir(directory).catch(() => [])) {
      const isLeftover = name.startsWith(`${basename(this.#path)}.`) && /\.(\d+|new)$/.test(name);
      if (isLeftover) await rm(join(directory, name), { force: true }).catch(() => {});
    }
  }

  get #previousPath(): string {
    return `${this.#path}.previous`;
  }

  /** A second name for the file that is about to be replaced: no bytes are written. */
  async #keepPrevious(): Promise<void> {
    const temporary = `${this.#previousPath}.new`;
    await rm(temporary, { force: true });
    try {
      await link(this.#path, temporary);
    } catch (error) {
      // There is none yet, or this file system has no hard links: then there is no second copy.
      if (isOneOf(error, 'ENOENT', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) return;
      throw error;
    }
    await rename(temporary, this.#previousPath);
  }
}

/** @returns undefined when there is no such file. */
async function readState(path: string): Promise<ServingState | undefined | 'unreadable'> {
  try {
    const info = await lstat(path).catch((error) => {
      if (isOneOf(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (info === undefined) return undefined;
    if (info.size > MAX_BYTES) return 'unreadable';
    return stateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return 'unreadable';
  }
}

/** What the system says, without the name of a file that only lives for the moment of a write. */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/, \w+ '.*$/s, '');
}

function isOneOf(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
