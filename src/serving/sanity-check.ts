import { ServiceError } from '../errors.ts';
import type { Generation } from '../model/generation.ts';

/** Any reranker tells these apart: right passages, wrong ones, short and long, three scripts. */
const QUERY = 'What is the capital of France?';
const DOCUMENTS = [
  'Paris is the capital and largest city of France.',
  'The recipe asks for two eggs and a cup of flour.',
  'Berlin ist die Hauptstadt von Deutschland.',
  '法国的首都是巴黎。',
  '',
  'The capital of a country is usually the seat of its government. '.repeat(40),
];

/** Two runs of the same pairs may differ by this share of the spread between the scores. */
const REPEAT_TOLERANCE = 1e-3;

/** Scores nearer to each other than this are the same. */
const CONSTANT_SPREAD = 1e-6;

/**
 * Scores a few pairs twice and looks whether the answers can be those of a reranker.
 * @throws ServiceError rejected_by_gate that says what is wrong with the scores.
 */
export async function checkSanity(candidate: Generation, signal: AbortSignal): Promise<void> {
  const limits = { maxLength: candidate.maxLength };
  const first = (await candidate.score(QUERY, DOCUMENTS, limits, signal)).logits;
  if (!first.every(Number.isFinite)) throw rejection(`some of its scores are not numbers (${show(first)})`);
  const spread = Math.max(...first) - Math.min(...first);
  if (spread < CONSTANT_SPREAD) throw rejection(`it gives every document the same score (${show(first)})`);
  const second = (await candidate.score(QUERY, DOCUMENTS, limits, signal)).logits;
  const drift = Math.max(...first.map((logit, index) => Math.abs(logit - (second[index] ?? Number.NaN))));
  if (!(drift <= spread * REPEAT_TOLERANCE)) {
    throw rejection(
      `it scores the same pairs differently the second time (${show(first)}, then ${show(second)})`,
    );
  }
}

function show(logits: Float32Array): string {
  return Array.from(logits, (logit) => logit.toPrecision(4)).join(', ');
}

function rejection(what: string): ServiceError {
  return new ServiceError('rejected_by_gate', `the model loads, but ${what}`, {
    detail: 'The model that served before keeps serving.',
  });
}
