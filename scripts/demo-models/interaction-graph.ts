import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Model } from '../../src/graph/onnx/model.ts';
import { Operators } from '../../test/support/onnx-operators.ts';
import { compareWords } from './common-prefix.ts';
import { PairInput } from './pair-input.ts';
import type { Tables } from './tables.ts';
import type { Variant } from './variant.ts';
import { type WordFeatures, wordFeatures } from './word-features.ts';

/** Length of a document, in words, from which on the length penalty is felt. */
const referenceLength = 40;

/** Shortest word, in characters, that counts when it is the beginning of a longer one. */
const shortestContained = 5;

/**
 * The demo model's graph: each query word attends to the document word that is most like it, and the logit is
 * an affine function of the share of the query's weight that found a match.
 *
 * Inputs `input_ids`, `attention_mask`, `token_type_ids`: int64 [batch, sequence], type 0 the query, type 1
 * the document. Output `logits`: float32 [batch, 1]. Needs opset 18 of ai.onnx and nothing else.
 */
export function interactionModel(tables: Tables, variant: Variant): Model {
  const graph = new GraphBuilder(variant.name);
  const ops = new Operators(graph);
  const input = new PairInput(graph, ops, tables);
  const words = wordFeatures(input, ops);
  const covered = coverage(input, ops, words, variant);
  const logits = calibrated(ops, covered, ops.sum(input.documentStarts, 1, true), variant);
  graph.output(graph.node('Identity', [logits], { name: 'logits' }), 'float32', ['batch', 1]);
  return { irVersion: 8, producer: 'rerankd', opsets: { '': 18 }, graph: graph.build() };
}

/** [batch, 1]: the share of the query's weight, of words and of adjacent pairs, that the document matches. */
function coverage(input: PairInput, ops: Operators, words: WordFeatures, variant: Variant): Value {
  const { characters, phrase } = compareWords(input, ops);
  const similar = similarity(input, ops, characters, words, variant);
  const visible = input.document(input.documentStarts);
  const bestWord = ops.highest(ops.multiply(similar, visible), 2);
  const bestPair = ops.highest(ops.multiply(phrase, visible), 2);
  const queryWords = input.query(input.queryStarts);
  const weight = flatten(ops, ops.multiply(input.query(words.weight), queryWords));
  const bond = flatten(
    ops,
    ops.multiply(ops.multiply(input.query(words.bond), queryWords), variant.phraseWeight),
  );
  const matched = ops.add(
    ops.sum(ops.multiply(weight, bestWord), 1, true),
    ops.sum(ops.multiply(bond, bestPair), 1, true),
  );
  const total = ops.add(ops.sum(weight, 1, true), ops.sum(bond, 1, true));
  // A query without a single word has no weight: it matches nothing.
  return ops.divide(matched, ops.maximum(total, 1e-3));
}

/**
 * [batch, query, sequence]: 1 for equal words, less for words with a common stem. Likeness is Dice's measure,
 * twice the common prefix over the sum of both lengths, stretched so that it starts at the variant's floor.
 */
function similarity(
  input: PairInput,
  ops: Operators,
  characters: Value,
  words: WordFeatures,
  { similarityFloor, containment }: Variant,
): Value {
  const own = input.query(words.length);
  const other = input.document(words.length);
  const dice = ops.divide(ops.multiply(characters, 2), ops.maximum(ops.add(own, other), 1));
  const stem = ops.clipToUnit(ops.multiply(ops.subtract(dice, similarityFloor), 1 / (1 - similarityFloor)));
  const shorter = ops.minimum(own, other);
  const contained = ops.multiply(
    ops.multiply(ops.atLeast(characters, shorter), ops.atLeast(shorter, shortestContained)),
    containment,
  );
  // Grammar that happens to begin like a topic word ("under", "understand") is no match for it.
  const substance = ops.clipToUnit(ops.multiply(input.document(words.weight), 2));
  const inexact = ops.subtract(1, input.query(input.feature('exact', 0)));
  const loose = ops.multiply(ops.multiply(ops.maximum(stem, contained), substance), inexact);
  return ops.maximum(loose, ops.atLeast(dice, 0.9999));
}

/** [batch, 1]: coverage as a logit, a little lower for long documents, which match more words by chance. */
function calibrated(ops: Operators, covered: Value, documentWords: Value, variant: Variant): Value {
  const logit = ops.multiply(ops.subtract(covered, variant.center), variant.scale);
  const length = ops.log(ops.add(ops.multiply(documentWords, 1 / referenceLength), 1));
  return ops.subtract(logit, ops.multiply(length, variant.lengthPenalty));
}

/** From [batch, query, 1] to [batch, query]. */
function flatten(ops: Operators, value: Value): Value {
  return ops.sum(value, 2);
}
