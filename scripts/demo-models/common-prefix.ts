import type { Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Operators } from '../../test/support/onnx-operators.ts';
import type { PairInput } from './pair-input.ts';
import { comparedPrefixes } from './prefixes.ts';
import { longestRun } from './windows.ts';

/** How words of the query and the document agree; both are [batch, query, sequence] float32. */
export interface WordAgreement {
  /** Characters that the two words starting at these positions have in common from their first on. */
  readonly characters: Value;
  /** 1 where the words are equal and the words after them begin with an equal piece. */
  readonly phrase: Value;
}

/**
 * Compares each query word with each document word, piece by piece from the left. A piece counts only where
 * all before it were equal, so a shared stem counts and a syllable inside a word by chance doesn't.
 */
export function compareWords(input: PairInput, ops: Operators): WordAgreement {
  let run = equalPieces(input, ops, 0);
  let characters = commonInPiece(input, ops, 0, run);
  let phrase: Value | undefined;
  for (let k = 1; k <= longestRun; k++) {
    const equal = equalPieces(input, ops, k);
    const same = ops.and(run, equal);
    const followed = ops.and(same, input.query(ops.cast(input.feature('start', k), 'bool')));
    phrase = phrase === undefined ? followed : ops.or(phrase, followed);
    if (k === longestRun) break;
    const inside = input.query(ops.cast(input.feature('continuation', k), 'bool'));
    const reached = ops.cast(ops.and(run, inside), 'float32');
    characters = ops.add(characters, ops.multiply(reached, commonInPiece(input, ops, k, equal)));
    run = ops.and(same, inside);
  }
  return { characters, phrase: ops.cast(phrase as Value, 'float32') };
}

/** bool: whether the pieces `k` positions further on are equal. */
function equalPieces(input: PairInput, ops: Operators, k: number): Value {
  return ops.equal(input.query(input.ids(k)), input.document(input.ids(k)));
}

/**
 * Characters that the pieces at window `k` have in common: the longest prefix on which they agree, as the sum
 * of what each agreeing prefix adds to the one before, and at last what the whole piece adds.
 */
function commonInPiece(input: PairInput, ops: Operators, k: number, equal: Value): Value {
  const position = k === 0 ? 'start' : 'continuation';
  let common: Value | undefined;
  let inPrefixes: Value | undefined;
  let counted = 0;
  for (const length of comparedPrefixes[position]) {
    const number = input.prefix(length, position, k);
    const absent = ops.equal(number, ops.integer(0));
    // Two absent prefixes are no agreement: on the query's side they get a number that no prefix has.
    const wanted = ops.subtract(number, ops.cast(absent, 'int32'));
    const agree = ops.cast(ops.equal(input.query(wanted), input.document(number)), 'float32');
    const known = ops.subtract(1, ops.cast(absent, 'float32'));
    const added = length - counted;
    common = sum(ops, common, added === 1 ? agree : ops.multiply(agree, added));
    inPrefixes = sum(ops, inPrefixes, added === 1 ? known : ops.multiply(known, added));
    counted = length;
  }
  const rest = ops.subtract(input.feature('length', k), inPrefixes as Value);
  return ops.add(common as Value, ops.multiply(ops.cast(equal, 'float32'), input.query(rest)));
}

function sum(ops: Operators, a: Value | undefined, b: Value): Value {
  return a === undefined ? b : ops.add(a, b);
}
