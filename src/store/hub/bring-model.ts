import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DiskSpace } from '../download/blob.ts';
import { GOLDEN_FILE } from '../model-layout.ts';
import { requireSensible } from './file-limits.ts';
import type { FileRules } from './file-rules.ts';
import { type ModelAt, pathInRepository, pinnedReference } from './model-at.ts';
import { isInPlace, type Obtaining, obtainFile } from './obtain-file.ts';
import { type FileSource, OPTIONAL_FILES, selectFiles } from './select-files.ts';
import type { TreeFile } from './tree.ts';

/** Files that are fetched at the same time; each may use several connections. */
const AT_ONCE = 4;

export interface Bringing extends Obtaining {
  readonly rules: FileRules;
  /** Asked before anything is fetched. */
  readonly space: DiskSpace | undefined;
  /** The most bytes that a model may have. */
  readonly maxModelBytes: number;
  readonly report: (done: number, total: number) => void;
}

/**
 * Completes the snapshot of a model.
 * @returns the paths of its files in its directory
 * @throws ServiceError invalid_model, insufficient_storage, or what the downloader throws.
 */
export async function bringModel(
  model: ModelAt,
  tree: ReadonlyMap<string, TreeFile>,
  bringing: Bringing,
): Promise<readonly string[]> {
  const transfer = new Transfer(model, tree, bringing);
  const { commit, subpath = '' } = model;
  const source: FileSource = {
    directory: join(bringing.folder.snapshot(commit), ...subpath.split('/')),
    name: pinnedReference(model),
    id: model.id,
    has: (path) => tree.has(pathInRepository(model, path)),
    peek: (path) => transfer.peek(path),
    bring: (paths, likely) => transfer.bring(paths, likely),
  };
  const files = await selectFiles(source, model.dtype, bringing.rules);
  transfer.finish();
  await noteAbsent(model, tree, bringing);
  return files;
}

class Transfer {
  readonly #model: ModelAt;
  readonly #tree: ReadonlyMap<string, TreeFile>;
  readonly #bringing: Bringing;
  readonly #wanted = new Map<string, TreeFile>();
  /** Files that will probably be wanted too. */
  #likely: ReadonlyMap<string, TreeFile> = new Map();
  readonly #here = new Set<string>();
  #done = 0;

  constructor(model: ModelAt, tree: ReadonlyMap<string, TreeFile>, bringing: Bringing) {
    this.#model = model;
    this.#tree = tree;
    this.#bringing = bringing;
  }

  async peek(path: string): Promise<void> {
    const files = this.#filesAt([path]);
    this.#require(files);
    for (const file of files.values()) await obtainFile(file, this.#bringing, () => {});
  }

  async bring(paths: readonly string[], likely: readonly string[] = []): Promise<void> {
    const files = this.#filesAt(paths);
    for (const [path, file] of files) this.#wanted.set(path, file);
    this.#likely = this.#filesAt(likely);
    this.#require(this.#expected());
    await this.#requireSpace();
    const missing = [...files].filter(([path]) => !this.#here.has(path));
    await forEachAtOnce(missing, async ([path, file]) => {
      await obtainFile(file, this.#bringing, (bytes) => this.#advance(bytes));
      this.#here.add(path);
    });
  }

  /** What was likely turned out not to be wanted, perhaps: the total is known only now. */
  finish(): void {
    this.#advance(0);
  }

  #expected(): ReadonlyMap<string, TreeFile> {
    return new Map([...this.#likely, ...this.#wanted]);
  }

  #filesAt(paths: readonly string[]): Map<string, TreeFile> {
    const files = new Map<string, TreeFile>();
    for (const path of paths) {
      const file = this.#tree.get(pathInRepository(this.#model, path));
      if (file !== undefined) files.set(path, file);
    }
    return files;
  }

  #require(files: ReadonlyMap<string, TreeFile>): void {
    requireSensible(pinnedReference(this.#model), files, this.#bringing.maxModelBytes);
  }

  /** Finds out now, not after gigabytes. The downloader reserves for each file again. */
  async #requireSpace(): Promise<void> {
    const { space, folder } = this.#bringing;
    if (space === undefined) return;
    let bytes = 0;
    for (const file of this.#wanted.values())
      if (!(await isInPlace(file, this.#bringing))) bytes += file.size;
    if (bytes === 0) return;
    await mkdir(folder.path, { recursive: true });
    (await space.reserve(folder.path, bytes)).release();
  }

  #advance(bytes: number): void {
    this.#done += bytes;
    const total = [...this.#expected().values()].reduce((sum, { size }) => sum + size, 0);
    this.#bringing.report(Math.min(this.#done, total), total);
  }
}

/** What huggingface_hub would otherwise ask the hub for, to learn that it is not there. */
async function noteAbsent(
  model: ModelAt,
  tree: ReadonlyMap<string, TreeFile>,
  { folder, commit }: Bringing,
): Promise<void> {
  for (const name of OPTIONAL_FILES.filter((optional) => optional !== GOLDEN_FILE)) {
    const path = pathInRepository(model, name);
    if (tree.has(path)) continue;
    const marker = folder.absent(commit, path);
    await mkdir(dirname(marker), { recursive: true });
    await writeFile(marker, '', { flag: 'a' });
  }
}

/** The first failure ends it: what runs then is waited for, so that nothing works on unwatched. */
async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const item of left) {
      if (hasFailed) return;
      await work(item).catch((error) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = workers.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
