import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { type OnStuck, removeEach } from './remove-each.ts';

/** What a measurement depends on. */
export interface PlanKey {
  readonly modelDigest: string;
  /** Everything else, as it may stand in a file name: dtype, device, instruction set, versions, processors, settings. */
  readonly circumstances: readonly (string | number)[];
}

/** Measured plans, one small JSON file each, under a name that says all that they depend on. */
export class PlanStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** @returns what `parse` makes of the file; undefined where there is none, or none that it takes. */
  async find<T>(key: PlanKey, parse: (json: unknown) => T): Promise<T | undefined> {
    try {
      return parse(JSON.parse(await readFile(this.#pathOf(key), 'utf8')));
    } catch {
      return undefined;
    }
  }

  async keep(key: PlanKey, plan: unknown): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await writeFileAtomic(this.#pathOf(key), JSON.stringify(plan));
  }

  /** Deletes what was measured of other models than these. */
  async keepOnly(modelDigests: ReadonlySet<string>, onStuck: OnStuck): Promise<void> {
    const entries = await readdir(this.#root).catch(() => []);
    const unwanted = entries.filter(
      (entry) => !entry.endsWith('.json') || !modelDigests.has(entry.split('-', 1)[0] ?? ''),
    );
    await removeEach(this.#root, unwanted, onStuck);
  }

  #pathOf({ modelDigest, circumstances }: PlanKey): string {
    return join(this.#root, `${[modelDigest, ...circumstances].join('-')}.json`);
  }
}
