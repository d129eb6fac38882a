import type { ExpectedAnswer, LoadCase } from './protocol.ts';

/** The same pair in another batch may differ by the last bits of a float. */
export const CPU_SCORE_TOLERANCE = 1e-6;

/** On a card the shape of a batch chooses the kernels, and half precision has eleven bits. */
export const CARD_SCORE_TOLERANCE = 5e-3;

interface Answer {
  readonly model: string;
  readonly scores: readonly number[];
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
}

/**
 * Compares a 2xx answer with what the model that it names is known to answer.
 * @returns what is wrong with it, or undefined.
 */
export function findFault(
  { id, answers }: LoadCase,
  headers: Readonly<Record<string, unknown>>,
  body: string,
  tolerance = CPU_SCORE_TOLERANCE,
): string | undefined {
  const named = decodeURI(String(headers['x-model']));
  const expected = answers[named];
  if (expected === undefined) return `${id}: x-model names "${named}"`;
  if (headers['x-model-digest'] !== expected.digest) return `${id}: x-model-digest is not that of ${named}`;
  // Nearly every answer is the same to the last bit, and parsing each would cost more than sending it.
  return body === expected.body ? undefined : compareScores(id, named, expected, body, tolerance);
}

function compareScores(
  id: string,
  named: string,
  expected: ExpectedAnswer,
  body: string,
  tolerance: number,
): string | undefined {
  const answer = parse(body);
  if (answer === undefined) return `${id}: not a rerank answer: ${body.slice(0, 200)}`;
  const { model, scores, results } = answer;
  if (model !== named) return `${id}: x-model names ${named}, the body ${model}`;
  if (scores.length !== expected.scores.length) return `${id}: ${scores.length} scores`;
  const off = scores.findIndex((score, index) => !isClose(score, expected.scores[index], tolerance));
  if (off !== -1)
    return `${id}: ${named} gives ${expected.scores[off]} to document ${off}, not ${scores[off]}`;
  const ranked = results.every(({ index, relevance_score }) => scores[index] === relevance_score);
  const complete = new Set(results.map(({ index }) => index)).size === scores.length;
  return ranked && complete ? undefined : `${id}: results and scores don't say the same`;
}

function isClose(score: number, expected: number | undefined, tolerance: number): boolean {
  return Math.abs(score - (expected ?? Number.NaN)) <= tolerance;
}

function parse(body: string): Answer | undefined {
  try {
    const answer = JSON.parse(body) as Partial<Answer>;
    return Array.isArray(answer.scores) && Array.isArray(answer.results) ? (answer as Answer) : undefined;
  } catch {
    return undefined;
  }
}
