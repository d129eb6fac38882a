import type { JsonObject } from '../python-json.ts';
import type { TensorSpec } from '../weights/tensor-spec.ts';

export const architectureNames = [
  'xlm-roberta',
  'roberta',
  'bert',
  'distilbert',
  'electra',
  'modernbert',
  'deberta-v2',
] as const;

/** A model family, by transformers' `model_type`. */
export type ArchitectureName = (typeof architectureNames)[number];

export const sizeNames = ['tiny', 'minilm', 'base', 'large'] as const;

export type SizeName = (typeof sizeNames)[number];

/** The numbers that a family's models differ in. */
export interface Shape {
  /** Rows of the word embeddings. */
  readonly vocabulary: number;
  /** Rows of the position embeddings, or the longest text where there are none. */
  readonly positions: number;
  /** Width of the word embeddings where it isn't `hidden`. */
  readonly embedding?: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward network. */
  readonly intermediate: number;
  /** Tokens that a token of a local layer sees, both sides together. */
  readonly localAttention?: number;
  /** Relative positions to one side that have an embedding of their own. */
  readonly positionBuckets?: number;
}

/** What one family's checkpoints look like. */
export interface Architecture {
  /** transformers' class for a classifier of pairs. */
  readonly className: string;
  /** The shapes that the family has. */
  readonly sizes: Readonly<Partial<Record<SizeName, Shape>>>;
  /** Longest text in tokens, special ones included. */
  maxTokens(shape: Shape): number;
  /** The fields of config.json that aren't common to all families. */
  config(shape: Shape): JsonObject;
  /** The tensors in the order of transformers' `state_dict`. */
  tensors(shape: Shape, labels: number): TensorSpec[];
}

/** Vocabulary of a model for tests: every script's characters and the commonest words. */
export const TINY_VOCABULARY = 1500;
