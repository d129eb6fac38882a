import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { CacheRoots } from './cache/cache-roots.ts';
import { readRef, writeRef } from './cache/refs.ts';
import { RepositoryFolder } from './cache/repository-folder.ts';
import { CheckedRevisions } from './checked-revisions.ts';

/** What a branch or tag meant when it was last looked up. */
export interface KnownRevision {
  readonly commit: string;
  /** So lately that it need not be looked up again. */
  readonly isFresh: boolean;
}

/** Where a state directory has the times of looking up. */
export function revisionsDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'revisions');
}

/** What branches and tags mean, as far as this machine knows. */
export class KnownRevisions {
  readonly #roots: CacheRoots;
  readonly #checked: CheckedRevisions;
  readonly #ttlMs: number;
  readonly #clock: Clock;

  /**
   * @param directory for the times of looking up
   * @param ttlMs how long what a hub said holds
   */
  constructor(roots: CacheRoots, directory: string, ttlMs: number, clock: Clock) {
    this.#roots = roots;
    this.#checked = new CheckedRevisions(directory, clock);
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  async find(id: string, revision: string): Promise<KnownRevision | undefined> {
    const checked = await this.#checked.read(id, revision);
    const ref = await this.#ref(id, revision);
    // A ref that was written since is somebody else's later answer.
    const commit =
      checked !== undefined && (ref === undefined || ref.at <= checked.at) ? checked.commit : ref?.commit;
    if (commit === undefined) return undefined;
    if (checked?.commit !== commit) return { commit, isFresh: false };
    const age = this.#clock.date().getTime() - checked.at.getTime();
    // A clock that was set back must not make it fresh for ever.
    return { commit, isFresh: age >= 0 && age < this.#ttlMs };
  }

  /**
   * Keeps what a hub said, once the snapshot is complete.
   * @param folder that has the snapshot; a ref to a snapshot elsewhere would make it corrupt
   */
  async keep(folder: RepositoryFolder, revision: string, commit: string): Promise<void> {
    if (folder.root === this.#roots.writable) await writeRef(folder, revision, commit);
    await this.#checked.note(folder.id, revision, commit);
  }

  async #ref(id: string, revision: string): Promise<{ commit: string; at: Date } | undefined> {
    for (const root of [this.#roots.writable, ...this.#roots.readOnly]) {
      const folder = new RepositoryFolder(root, id);
      const commit = await readRef(folder, revision);
      if (commit !== undefined) return { commit, at: (await stat(folder.ref(revision))).mtime };
    }
    return undefined;
  }
}
