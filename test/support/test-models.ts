import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.ts';
import { embeddedModels } from './directories.ts';
import { Operators } from './onnx-operators.ts';

/** The graph of a test model: its tools, and the sum of a pair's token ids as [batch, 1], which differs from text to text. */
export interface PairGraph {
  readonly graph: GraphBuilder;
  readonly ops: Operators;
  /** int64 [batch, sequence], 0 on masked positions. */
  readonly ids: Value;
  /** float32 [batch, 1], from -5 to 5. */
  readonly score: Value;
}

/** A small ONNX model with the inputs of a cross-encoder; `finish` declares its outputs. */
export function pairModel(finish: (pair: PairGraph) => void): Uint8Array {
  const graph = new GraphBuilder('test');
  const ops = new Operators(graph);
  const tokens = graph.input('input_ids', 'int64', ['batch', 'sequence']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'sequence']);
  const ids = ops.multiply(tokens, mask);
  const hash = graph.node('Mod', [ops.sum(ids, 1, true), graph.integers(1000)]);
  const score = ops.subtract(ops.divide(ops.cast(hash, 'float32'), 100), 5);
  finish({ graph, ops, ids, score });
  return encodeModel({ irVersion: 8, producer: 'rerankd', opsets: { '': 18 }, graph: graph.build() });
}

/** Makes a value the model's logits. */
export function outputLogits(graph: GraphBuilder, value: Value): void {
  graph.output(graph.node('Identity', [value], { name: 'logits' }), 'float32', ['batch', 1]);
}

/** Writes a model directory around an ONNX file, with the tokenizer and the configuration of an embedded model. */
export async function writeModelDirectory(directory: string, onnx: Uint8Array | string): Promise<string> {
  await mkdir(join(directory, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(embeddedModels, 'demo', name), join(directory, name));
  }
  await writeFile(join(directory, 'onnx', 'model.onnx'), onnx);
  return directory;
}

/** The embedded tokenizer's id of a word that is one token. */
export async function tokenOf(word: string): Promise<number> {
  const file = await readFile(join(embeddedModels, 'demo', 'tokenizer.json'), 'utf8');
  const { model } = JSON.parse(file) as { model: { vocab: Record<string, number> } };
  const id = model.vocab[word];
  if (id === undefined) throw new Error(`"${word}" is not one token`);
  return id;
}
