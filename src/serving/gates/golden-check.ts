import { clipText } from '../../model/agreement/clip-text.ts';
import { sigmoid } from '../../model/sigmoid.ts';
import type { Candidate } from './candidate.ts';
import { type Finding, failed, passed } from './finding.ts';
import type { GoldenQuery, GoldenSet } from './golden-set.ts';

/** More of them would make no difference to who reads it. */
const MAX_PROBLEMS = 3;

/**
 * Scores every query of a golden set and holds the answers against what is expected.
 * @param advance is called after every query.
 * @throws what scoring throws; the signal's reason.
 */
export async function checkGolden(
  set: GoldenSet,
  candidate: Candidate,
  signal: AbortSignal,
  advance: () => void,
): Promise<Finding> {
  const problems: string[] = [];
  const limits = { maxLength: candidate.maxLength };
  for (const [index, golden] of set.queries.entries()) {
    signal.throwIfAborted();
    const { logits } = await candidate.score(golden.query, golden.documents, limits, signal);
    const problem = problemIn(golden, logits);
    if (problem !== undefined) {
      problems.push(`queries[${index}] "${clipText(golden.query, 60)}": ${problem}`);
    }
    advance();
  }
  const total = set.queries.length;
  if (problems.length === 0)
    return passed(`every query of ${set.name} is answered as expected (${total} in all)`);
  const more = problems.length - MAX_PROBLEMS;
  const shown = problems.slice(0, MAX_PROBLEMS).join('; ') + (more > 0 ? `; and ${more} more` : '');
  return failed(
    `it does not answer ${problems.length} of ${total} queries of ${set.name} as expected: ${shown}`,
  );
}

/** The worst of what is wrong with an answer; undefined when all is well. */
function problemIn(golden: GoldenQuery, logits: Float32Array): string | undefined {
  const { documents, order, scores: expectedScores, logits: expectedLogits, tolerance } = golden;
  const lost = documents.findIndex((_, index) => !Number.isFinite(logits[index]));
  if (lost >= 0) return `documents[${lost}] has no score (${logits[lost]})`;
  const scores = Array.from(logits, sigmoid);
  return (
    (order && disorder(order, scores, tolerance)) ??
    (expectedScores && distance('score', expectedScores, scores, tolerance)) ??
    (expectedLogits && distance('logit', expectedLogits, Array.from(logits), tolerance))
  );
}

/**
 * Every document must score at least as much as each that should come after it, less the tolerance: the lowest score so far is
 * the one to look at.
 */
function disorder(
  order: readonly number[],
  scores: readonly number[],
  tolerance: number,
): string | undefined {
  const scoreOf = (index: number): number => scores[index] as number;
  let [lowest = 0] = order;
  let worst = { excess: 0, better: 0, worse: 0 };
  for (const index of order) {
    const excess = scoreOf(index) - scoreOf(lowest) - tolerance;
    if (excess > worst.excess) worst = { excess, better: lowest, worse: index };
    if (scoreOf(index) < scoreOf(lowest)) lowest = index;
  }
  const { excess, better, worse } = worst;
  if (excess === 0) return undefined;
  const named = (index: number): string => `documents[${index}] (${show(scoreOf(index))})`;
  return `${named(worse)} comes before ${named(better)}, which should be first`;
}

function distance(
  what: string,
  expected: readonly number[],
  found: readonly number[],
  tolerance: number,
): string | undefined {
  let worst = { off: tolerance, index: -1 };
  for (const [index, value] of expected.entries()) {
    const off = Math.abs(value - (found[index] as number));
    if (off > worst.off) worst = { off, index };
  }
  const { index } = worst;
  if (index < 0) return undefined;
  return `the ${what} of documents[${index}] is ${show(found[index])} instead of ${show(expected[index])}, give or take ${tolerance}`;
}

function show(value = Number.NaN): string {
  return value.toPrecision(4);
}
