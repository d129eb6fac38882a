import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { messageOf, ServiceError } from '../errors.ts';
import { syncDirectory } from '../platform/sync-directory.ts';

const entrySchema = z.strictObject({
  model: z.string(),
  /** Of the content that was served, so that a directory changed meanwhile is noticed. */
  digest: z.string(),
});

const stateSchema = z.object({
  model: z.string(),
  digest: z.string(),
  previous: entrySchema.nullable(),
  /** The update that was under way; it is never resumed by itself. */
  pending: z.object({ model: z.string(), since: z.string() }).nullable(),
  /** Starts since the last one that came up. */
  bootAttempts: z.int().nonnegative(),
  /** Good models, newest first, the current one included. */
  history: z.array(entrySchema.extend({ since: z.string() })),
});

export type ModelEntry = z.infer<typeof entrySchema>;
export type HistoryEntry = z.infer<typeof stateSchema>['history'][number];
export type ServingState = z.infer<typeof stateSchema>;

export interface StateReading {
  readonly state: ServingState | undefined;
  /** Set when there was a file that could not be used; it has been put aside under that path. */
  readonly unreadable?: string;
}

/** `.last_good_model`: what to serve after a restart. Either the old or the new content survives a crash, never a mixture. */
export class StateFile {
  readonly #path: string;

  constructor(stateDirectory: string) {
    this.#path = join(stateDirectory, '.last_good_model');
  }

  get path(): string {
    return this.#path;
  }

  async read(): Promise<StateReading> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return { state: undefined };
    try {
      return { state: stateSchema.parse(JSON.parse(text)) };
    } catch {
      const unreadable = `${this.#path}.unreadable`;
      await rename(this.#path, unreadable);
      return { state: undefined, unreadable };
    }
  }

  /** As if nothing had ever been updated. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /**
   * Temp file, fsync, rename (write-file-atomic), then the directory, without which the rename itself could be lost.
   * @throws ServiceError insufficient_storage.
   */
  async write(state: ServingState): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFileAtomic(this.#path, `${JSON.stringify(state, null, 2)}\n`, { fsync: true });
      await syncDirectory(dirname(this.#path));
    } catch (error) {
      throw new ServiceError('insufficient_storage', `${this.#path} can't be written: ${messageOf(error)}`, {
        detail: 'What it says decides what a restart serves; see to the disk of RERANK_STATE_DIR.',
        cause: error,
      });
    }
  }
}
