import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { isCommit } from './hub-names.ts';

const schema = z.object({
  id: z.string(),
  revision: z.string(),
  commit: z.string(),
  checkedAt: z.iso.datetime(),
});

export interface CheckedRevision {
  readonly commit: string;
  /** Wall-clock time. */
  readonly at: Date;
}

/**
 * When a branch or tag was last looked up at a hub, and what it meant. It is kept on disk, because commands and servers come and
 * go, and outside of the HF cache, which has no place for it.
 */
export class CheckedRevisions {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async read(id: string, revision: string): Promise<CheckedRevision | undefined> {
    try {
      const checked = schema.parse(JSON.parse(await readFile(this.#path(id, revision), 'utf8')));
      const isSame = checked.id === id && checked.revision === revision && isCommit(checked.commit);
      return isSame ? { commit: checked.commit, at: new Date(checked.checkedAt) } : undefined;
    } catch {
      return undefined;
    }
  }

  async note(id: string, revision: string, commit: string): Promise<void> {
    const checkedAt = this.#clock.date().toISOString();
    await mkdir(this.#directory, { recursive: true });
    await writeFileAtomic(this.#path(id, revision), JSON.stringify({ id, revision, commit, checkedAt }));
  }

  #path(id: string, revision: string): string {
    const name = createHash('sha256').update(`${id}@${revision}`).digest('hex').slice(0, 32);
    return join(this.#directory, `${name}.json`);
  }
}
