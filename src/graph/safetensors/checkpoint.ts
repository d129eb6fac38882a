import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readHeader } from './header.ts';
import { InvalidCheckpoint } from './invalid-checkpoint.ts';
import { findDuplicateKey } from './json-keys.ts';
import type { StoredTensor } from './stored-tensor.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

const MAX_INDEX_BYTES = 16 * 2 ** 20;
const MAX_SHARDS = 1_000;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** What save_pretrained calls shards; above all no path that leads elsewhere. */
const SHARD_NAME = /^[\w-][\w.-]*\.safetensors$/;

/**
 * Names of the files that hold a directory's weights: one, or an index and its shards.
 * @returns undefined when there are none
 * @throws InvalidCheckpoint for an index that can't be used
 */
export async function listCheckpointFiles(directory: string): Promise<readonly string[] | undefined> {
  if (await exists(join(directory, SINGLE_FILE))) return [SINGLE_FILE];
  if (!(await exists(join(directory, INDEX_FILE)))) return undefined;
  const shards = new Set((await readIndex(directory)).values());
  return [INDEX_FILE, ...[...shards].toSorted()];
}

/** The tensors of a safetensors checkpoint, whether it is one file or many. */
export class Checkpoint {
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(files: readonly string[], tensors: ReadonlyMap<string, StoredTensor>) {
    this.files = files;
    this.tensors = tensors;
  }

  /**
   * Reads the headers of a directory's weights.
   * @throws InvalidCheckpoint that names the file and the tensor
   */
  static async open(directory: string): Promise<Checkpoint> {
    const files = await listCheckpointFiles(directory);
    if (files === undefined) throw new InvalidCheckpoint(`There is no ${SINGLE_FILE} and no ${INDEX_FILE}.`);
    const tensors = new Map<string, StoredTensor>();
    for (const file of files.filter((name) => name !== INDEX_FILE)) {
      for (const tensor of await readHeader(join(directory, file), file)) {
        const other = tensors.get(tensor.name);
        if (other !== undefined) {
          throw new InvalidCheckpoint(`Tensor "${tensor.name}" is both in ${other.file} and in ${file}.`);
        }
        tensors.set(tensor.name, tensor);
      }
    }
    if (files.includes(INDEX_FILE)) requireIndexed(await readIndex(directory), tensors);
    return new Checkpoint(files, tensors);
  }
}

function requireIndexed(
  index: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  for (const [name, file] of index) {
    const found = tensors.get(name)?.file;
    if (found === file) continue;
    const where = found === undefined ? 'in none of the files' : `in ${found}`;
    throw new InvalidCheckpoint(
      `${INDEX_FILE} says that tensor "${name}" is in ${file}, but it is ${where}.`,
    );
  }
}

/** @returns the file of every tensor. */
async function readIndex(directory: string): Promise<ReadonlyMap<string, string>> {
  const path = join(directory, INDEX_FILE);
  const { size } = await stat(path);
  if (size > MAX_INDEX_BYTES) {
    throw new InvalidCheckpoint(`${INDEX_FILE} has ${size} bytes; at most ${MAX_INDEX_BYTES} make sense.`);
  }
  const index = new Map(Object.entries(parseIndex(await readFile(path, 'utf8'))));
  for (const [tensor, file] of index) {
    if (!SHARD_NAME.test(file)) {
      throw new InvalidCheckpoint(
        `${INDEX_FILE} says that tensor "${tensor}" is in "${file}", which is no name of a safetensors file beside it.`,
      );
    }
  }
  if (new Set(index.values()).size > MAX_SHARDS) {
    throw new InvalidCheckpoint(`${INDEX_FILE} names more than ${MAX_SHARDS} files.`);
  }
  return index;
}

function parseIndex(text: string): Record<string, string> {
  try {
    const { weight_map } = indexSchema.parse(JSON.parse(text));
    const duplicate = findDuplicateKey(text);
    if (duplicate !== undefined) throw new SyntaxError(`it gives "${duplicate}" twice`);
    return weight_map;
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? 'weight_map must say in which file every tensor is'
        : (error as Error).message;
    throw new InvalidCheckpoint(`${INDEX_FILE} can't be read: ${reason}.`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
