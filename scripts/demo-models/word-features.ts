import type { Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Operators } from '../../test/support/onnx-operators.ts';
import type { PairInput } from './pair-input.ts';
import { longestRun } from './windows.ts';

/** What is known of each word by itself; all values are [batch, sequence] and zero where no word starts. */
export interface WordFeatures {
  /** Characters, counted over the word's first `longestRun` pieces. */
  readonly length: Value;
  /** How much the word says about the topic of its text: 1 for a content word, about 0 for grammar. */
  readonly weight: Value;
  /** How much the word and the next one say by standing side by side. */
  readonly bond: Value;
}

/** Puts words together from the features of their pieces. */
export function wordFeatures(input: PairInput, ops: Operators): WordFeatures {
  const length = ops.multiply(input.feature('start', 0), lengthInCharacters(input, ops));
  const bond = ops.multiply(singleBond(input, ops, 0), nextBond(input, ops));
  return { length, weight: weight(input, ops, length), bond };
}

function lengthInCharacters(input: PairInput, ops: Operators): Value {
  let length = input.feature('length', 0);
  let inside: Value | undefined;
  for (let k = 1; k < longestRun; k++) {
    inside = goesOn(input, ops, inside, k);
    length = ops.add(length, ops.multiply(inside, input.feature('length', k)));
  }
  return length;
}

/** The listed weight of a whole piece, or, for a word of several pieces, a weight that grows with its length. */
function weight(input: PairInput, ops: Operators, length: Value): Value {
  const growing = ops.minimum(ops.add(ops.multiply(length, 0.05), 0.7), 1.15);
  const several = ops.multiply(input.feature('prefix', 0), growing);
  const hundredths = choose(ops, input.feature('continuation', 1), several, input.feature('whole', 0));
  return ops.multiply(input.feature('start', 0), ops.multiply(hundredths, 0.01));
}

/** The factor of the word `k` positions further on, zero if none starts there. */
function singleBond(input: PairInput, ops: Operators, k: number): Value {
  const several = ops.multiply(input.feature('prefix', k), 0.5);
  const hundredths = choose(ops, input.feature('continuation', k + 1), several, input.feature('bond', k));
  return ops.multiply(input.feature('start', k), ops.multiply(hundredths, 0.01));
}

/** The factor of the word that follows without punctuation, wherever it starts. */
function nextBond(input: PairInput, ops: Operators): Value {
  let bond = singleBond(input, ops, 1);
  let inside: Value | undefined;
  for (let k = 1; k < longestRun; k++) {
    inside = goesOn(input, ops, inside, k);
    bond = ops.add(bond, ops.multiply(inside, singleBond(input, ops, k + 1)));
  }
  return bond;
}

/** 1 where the word still goes on `k` pieces after its first. */
function goesOn(input: PairInput, ops: Operators, before: Value | undefined, k: number): Value {
  const here = input.feature('continuation', k);
  return before === undefined ? here : ops.multiply(before, here);
}

/** `yes` where the condition is 1, `no` where it is 0. */
function choose(ops: Operators, condition: Value, yes: Value, no: Value): Value {
  return ops.add(no, ops.multiply(condition, ops.subtract(yes, no)));
}
