import { access, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SizeName } from '../../../scripts/synthesize/architectures/architecture.ts';
import { requestDefaults } from '../../../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../../../scripts/synthesize/write-checkpoint.ts';
import { writePlainGraph, type XlmRobertaConfig } from '../../graph/plain-graph.ts';
import { withNamedLogits } from './name-logits.ts';

export type BenchSize = 'tiny' | 'base';

/** What Hugging Face's libraries for JavaScript want beside the graph. */
const TEXT_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];

const WEIGHTS = 'model.safetensors';

/** The weights that all contenders serve, once as a checkpoint and once as the export that other servers need. */
export interface BenchModel {
  /** A Hugging Face directory with model.safetensors. */
  readonly checkpoint: string;
  /** The same weights with onnx/model.onnx, as optimum exports it. */
  readonly exported: string;
}

/** Synthesizes the model, or takes the one that an earlier run left in the directory. */
export async function prepareModel(
  directory: string,
  size: BenchSize,
  signal: AbortSignal,
): Promise<BenchModel> {
  const checkpoint = await prepareCheckpoint(directory, { name: `bench-${size}`, size }, signal);
  const exported = join(directory, 'exported', `bench-${size}`);
  if (!(await exists(exported))) await writeExport(checkpoint, exported);
  return { checkpoint, exported };
}

export interface NamedCheckpoint {
  readonly name: string;
  readonly size: SizeName;
  /** Same seed, same weights. */
  readonly seed?: number;
}

/** Synthesizes an XLM-RoBERTa checkpoint, or takes the one that an earlier run left in the directory. @returns its path */
export async function prepareCheckpoint(
  directory: string,
  { name, size, seed = requestDefaults.seed }: NamedCheckpoint,
  signal: AbortSignal,
): Promise<string> {
  const checkpoint = join(directory, 'models', name);
  if (await exists(checkpoint)) return checkpoint;
  const request = {
    ...requestDefaults,
    architecture: 'xlm-roberta',
    size,
    seed,
    directory: checkpoint,
  } as const;
  await writeCheckpoint(request, undefined, signal);
  return checkpoint;
}

/** Links to the checkpoint's files: the weights lie on the disk once. */
async function writeExport(checkpoint: string, target: string): Promise<void> {
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, 'onnx'), { recursive: true });
  const config = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')) as XlmRobertaConfig;
  const graph = await writePlainGraph(checkpoint, config);
  await writeFile(join(partial, 'onnx', 'model.onnx'), withNamedLogits(await readFile(graph)));
  await rm(graph);
  // The graph names the file of its weights, which ONNX Runtime looks for beside it.
  await link(join(checkpoint, WEIGHTS), join(partial, 'onnx', WEIGHTS));
  for (const name of TEXT_FILES) await link(join(checkpoint, name), join(partial, name));
  await rename(partial, target);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
