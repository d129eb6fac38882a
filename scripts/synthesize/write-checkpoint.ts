import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures } from './architectures/registry.ts';
import { SynthesisError } from './errors.ts';
import { pythonJson } from './python-json.ts';
import { type CheckpointRequest, shapeOf } from './request.ts';
import { TargetDirectory } from './target-directory.ts';
import { textFiles } from './text-files.ts';
import { NormalLevels } from './weights/normal-levels.ts';
import { bytesOf, planShards, shardIndex } from './weights/shards.ts';
import { elementsOf } from './weights/tensor-spec.ts';
import { writeShard } from './weights/write-shard.ts';
import { writeText } from './write-text.ts';

/** How the writing goes, in bytes of weights. */
export interface Progress {
  begin(totalBytes: number): void;
  advance(bytes: number): void;
}

/** What was written. */
export interface WrittenCheckpoint {
  readonly directory: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly parameters: number;
}

/** Room for the files beside the weights, and for headers. */
const OTHER_BYTES = 32e6;

/**
 * Writes a complete Hugging Face model directory with random weights. It appears under its name only when it is whole
 * and on the disk; memory stays bounded, whatever the size.
 * @throws SynthesisError when the directory can't be had or the disk is full; the signal's reason when it is aborted.
 * Nothing is left behind either way.
 */
export async function writeCheckpoint(
  request: CheckpointRequest,
  progress?: Progress,
  signal: AbortSignal = new AbortController().signal,
): Promise<WrittenCheckpoint> {
  const { architecture, size, dtype, seed } = request;
  const tensors = architectures[architecture].tensors(shapeOf(architecture, size), request.labels);
  const shards = planShards(tensors, dtype, request.maxShardBytes);
  const bytes = tensors.reduce((sum, tensor) => sum + bytesOf(tensor, dtype), 0);
  const target = await TargetDirectory.prepare(request.directory, request.force, bytes + OTHER_BYTES);
  try {
    for (const [name, content] of textFiles(request)) await writeText(target.partial, name, content);
    progress?.begin(bytes);
    const recipe = { seed, dtype, levels: new NormalLevels(dtype) };
    const advance = (written: number): void => progress?.advance(written);
    for (const shard of shards) await writeShard(target.partial, shard, recipe, advance, signal);
    if (shards.length > 1) {
      const index = pythonJson(shardIndex(shards, dtype));
      await writeText(target.partial, 'model.safetensors.index.json', [index]);
    }
    const files = await filesIn(target.partial);
    signal.throwIfAborted();
    await target.commit();
    const parameters = tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0);
    return { directory: target.path, files, parameters };
  } catch (error) {
    await target.discard();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new SynthesisError(`The disk became full while ${target.path} was being written.`, {
      cause: error,
    });
  }
}

async function filesIn(directory: string): Promise<{ name: string; bytes: number }[]> {
  const names = (await readdir(directory)).toSorted();
  return await Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })),
  );
}
