import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The fields of an XLM-RoBERTa config.json that its work depends on. */
export interface ModelShape {
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
  readonly vocabulary: number;
}

/** What one pair takes beside its tokens. */
export interface WorkOfSet {
  readonly tokens: number;
  readonly pairs: number;
  /** Sum of the squares of the pairs' lengths. */
  readonly squaredTokens: number;
}

export async function readShape(checkpoint: string): Promise<ModelShape> {
  const config = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')) as Record<
    string,
    number
  >;
  const field = (name: string): number => {
    const value = config[name];
    if (typeof value !== 'number') throw new TypeError(`${checkpoint}/config.json has no ${name}`);
    return value;
  };
  return {
    hidden: field('hidden_size'),
    layers: field('num_hidden_layers'),
    intermediate: field('intermediate_size'),
    vocabulary: field('vocab_size'),
  };
}

/** @param lengths of the pairs, in tokens */
export function workOf(lengths: Iterable<number>): WorkOfSet {
  let [tokens, pairs, squaredTokens] = [0, 0, 0];
  for (const length of lengths) {
    tokens += length;
    pairs++;
    squaredTokens += length * length;
  }
  return { tokens, pairs, squaredTokens };
}

/**
 * Floating-point operations that the answer needs, a multiplication and an addition counted as two. The terms are those of
 * D. Narayanan et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM" (2021), appendix: a layer
 * of a transformer takes 24·B·s·h² + 4·B·s²·h forward, where its inner layer is 4·h wide. Here, with i for that width:
 *
 *     a layer      (8·h² + 4·h·i) a token for the products with weights, and 4·h·s² a pair of s tokens for QKᵀ and its product with V
 *     last layer   only the first token's row is wanted: 4·h² a token for keys and values, (4·h² + 4·h·i) + 4·h·s a pair for the rest
 *     head         2·h² + 2·h a pair
 *
 * Padding, embeddings, norms and softmax count nothing: what is spent on them is lost. Nor is the whole last layer credited to those
 * who compute it.
 */
export function neededFlop({ hidden: h, layers, intermediate: i }: ModelShape, work: WorkOfSet): number {
  const { tokens, pairs, squaredTokens } = work;
  const whole = (8 * h * h + 4 * h * i) * tokens + 4 * h * squaredTokens;
  const last = 4 * h * h * tokens + (4 * h * h + 4 * h * i) * pairs + 4 * h * tokens;
  return (layers - 1) * whole + last + (2 * h * h + 2 * h) * pairs;
}

/** [m, k, n] of the products of one layer, over so many tokens. */
export function layerProducts(
  { hidden: h, intermediate: i }: ModelShape,
  tokens: number,
): (readonly [number, number, number])[] {
  return [
    [tokens, h, 3 * h],
    [tokens, h, h],
    [tokens, h, i],
    [tokens, i, h],
  ];
}
