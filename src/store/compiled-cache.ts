import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { Logger } from '../platform/logger.ts';
import { syncDirectory } from '../platform/sync-directory.ts';
import { hashFile } from './hash-file.ts';
import { adopt, isAbandoned, isIncoming, withIncoming } from './incoming.ts';
import { type OnStuck, removeEach } from './remove-each.ts';
import { explainStorageError } from './storage-error.ts';

/** What a compiled model depends on. */
export interface CompiledKey {
  /** Digest of the model that it was made of. */
  readonly modelDigest: string;
  readonly dtype: string;
  readonly device: string;
  /** Instruction set of the processor, as far as packed weights depend on it. */
  readonly isa: string;
  /** Of the compiler and of ONNX Runtime. */
  readonly version: string;
}

const manifestSchema = z.object({
  name: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

type Manifest = z.output<typeof manifestSchema>;

/** By which a file is known to be the one that was hashed. */
const sealSchema = z.record(z.string(), z.string());

const MANIFEST = '.manifest.json';
const SEAL = '.seal.json';

/**
 * Models in the form that engines load, one directory each, under a name that says all that it depends on. A directory
 * that is damaged, unfinished or somebody else's is as good as none.
 */
export class CompiledCache {
  readonly #root: string;
  readonly #logger: Pick<Logger, 'warn'> | undefined;

  /** @param logger is told of what was damaged */
  constructor(root: string, logger?: Pick<Logger, 'warn'>) {
    this.#root = root;
    this.#logger = logger;
  }

  /** The directory of a compiled model, if it is here and whole: every file with its size and SHA-256. */
  async find(key: CompiledKey): Promise<string | undefined> {
    const directory = join(this.#root, nameOf(key));
    try {
      const manifest = manifestSchema.parse(JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')));
      if (manifest.name !== nameOf(key)) return undefined;
      if (!(await isSealed(directory, manifest))) {
        if (!(await isWhole(directory, manifest)))
          throw new Error('its files are not those that were written');
        await seal(directory, manifest);
      }
      return directory;
    } catch (error) {
      const isThere = await stat(directory).then(
        () => true,
        () => false,
      );
      if (isThere) {
        const why = `the compiled model in ${directory} is damaged, and is compiled again: ${messageOf(error)}`;
        this.#logger?.warn(why);
      }
      return undefined;
    }
  }

  /**
   * Makes a compiled model and takes it in as a whole, or not at all.
   * @param make fills an empty directory.
   * @throws what `make` throws; ServiceError insufficient_storage when the disk is full.
   */
  async build(key: CompiledKey, make: (directory: string) => Promise<void>): Promise<string> {
    const directory = join(this.#root, nameOf(key));
    return await withIncoming(this.#root, async (incoming) => {
      await mkdir(incoming, { recursive: true });
      await make(incoming);
      const manifest = { name: nameOf(key), files: await hashAndSync(incoming) };
      await writeFile(join(incoming, MANIFEST), JSON.stringify(manifest satisfies Manifest));
      await seal(incoming, manifest);
      await adopt(incoming, directory, async () => (await this.find(key)) !== undefined);
      await syncDirectory(this.#root);
      return directory;
    }).catch((error) => {
      throw explainStorageError(error, 'the compiled model was not kept');
    });
  }

  /** Deletes what was compiled of other models than these, and whatever an interrupted run left behind. */
  async keepOnly(modelDigests: ReadonlySet<string>, onStuck: OnStuck): Promise<void> {
    const entries = await readdir(this.#root).catch(() => []);
    const unwanted = entries.filter((entry) =>
      isIncoming(entry) ? isAbandoned(entry) : !modelDigests.has(entry.split('-', 1)[0] ?? ''),
    );
    await removeEach(this.#root, unwanted, onStuck);
  }
}

function nameOf({ modelDigest, dtype, device, isa, version }: CompiledKey): string {
  return [modelDigest, dtype, device, isa, version].join('-');
}

async function hashAndSync(directory: string): Promise<Manifest['files']> {
  const files: Manifest['files'] = [];
  for (const name of (await readdir(directory)).toSorted()) {
    const path = join(directory, name);
    const handle = await open(path, 'r');
    await handle.sync();
    await handle.close();
    files.push({ name, bytes: (await stat(path)).size, sha256: await hashOf(path) });
  }
  return files;
}

async function isWhole(directory: string, { files }: Manifest): Promise<boolean> {
  for (const { name, bytes, sha256 } of files) {
    const path = join(directory, name);
    if ((await stat(path)).size !== bytes || (await hashOf(path)) !== sha256) return false;
  }
  return true;
}

/** Hashing gigabytes takes longer than loading them: a file that was hashed once is known by its inode, size and time. */
async function isSealed(directory: string, { files }: Manifest): Promise<boolean> {
  const text = await readFile(join(directory, SEAL), 'utf8').catch(() => '{}');
  const known = sealSchema.parse(JSON.parse(text));
  for (const { name } of files) if (known[name] !== (await sealOf(join(directory, name)))) return false;
  return true;
}

async function seal(directory: string, { files }: Manifest): Promise<void> {
  const known: Record<string, string> = {};
  for (const { name } of files) known[name] = await sealOf(join(directory, name));
  await writeFile(join(directory, SEAL), JSON.stringify(known));
}

async function sealOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${ino}-${size}-${mtimeNs}`;
}

async function hashOf(path: string): Promise<string> {
  return await hashFile(path, { signal: new AbortController().signal });
}
