import type { Clock } from '../../platform/clock.ts';
import type { GateCheck } from '../operation/gate-report.ts';
import type { Candidate } from './candidate.ts';
import { type Finding, failed, passed, timed } from './finding.ts';
import { checkTokenizer } from './tokenizer-check.ts';

export interface AlwaysOptions {
  /** The model's files. */
  readonly directory: string;
  /** What a plain request may take, in milliseconds. */
  readonly maxLatencyMs?: number | undefined;
  /** Looks at the scores of short documents only: requests wait. */
  readonly brief?: boolean | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Slower than this, it would answer nobody in time. */
const MAX_LATENCY_MS = 10_000;

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

/** Without the long one. */
const BRIEF_DOCUMENTS = DOCUMENTS.slice(0, -1);

/** A plain request, for its time. */
const SHORT_DOCUMENTS = ['Paris', 'Lyon', 'Berlin', 'Madrid', 'Rome', 'Vienna', 'Lisbon', 'Athens'];

/** Two runs of the same pairs may differ by this share of the spread between the scores. */
const REPEAT_TOLERANCE = 1e-3;

/** Scores nearer to each other than this are the same. */
const CONSTANT_SPREAD = 1e-6;

/**
 * What is looked at before any model serves: whether its scores can be those of a reranker, whether its tokenizer is its own,
 * and whether it answers in time. With scores of the wrong number, or that are not numbers, the rest is not looked at.
 * @param candidate is warm.
 * @throws what scoring throws.
 */
export async function checkAlways(candidate: Candidate, options: AlwaysOptions): Promise<GateCheck[]> {
  const { clock, signal, directory, maxLatencyMs = MAX_LATENCY_MS, brief = false } = options;
  const documents = brief ? BRIEF_DOCUMENTS : DOCUMENTS;
  const ask = async (texts: readonly string[]): Promise<Float32Array> =>
    (await candidate.score(QUERY, texts, { maxLength: candidate.maxLength }, signal)).logits;
  let logits = new Float32Array();
  const shape = await timed('shape', clock, async () => {
    logits = Float32Array.from(await ask(documents));
    return judgeShape(logits, documents.length);
  });
  if (!shape.passed) return [shape];
  const finite = await timed('finite', clock, () => judgeFinite(logits));
  if (!finite.passed) return [shape, finite];
  const constant = await timed('constant', clock, () => judgeSpread(logits));
  if (brief) return [shape, finite, constant];
  const deterministic = await timed('deterministic', clock, async () =>
    judgeRepetition(logits, await ask(documents)),
  );
  const tokenizer = await timed('tokenizer', clock, () => checkTokenizer(candidate, directory, signal));
  const latency = await timed('latency', clock, async () => {
    const startedAt = clock.now();
    await ask(SHORT_DOCUMENTS);
    return judgeTime(clock.now() - startedAt, maxLatencyMs);
  });
  return [shape, finite, constant, deterministic, tokenizer, latency];
}

function judgeShape({ length }: Float32Array, wanted: number): Finding {
  return length === wanted
    ? passed('one score for every document')
    : failed(`it gives ${length} scores for ${wanted} documents`);
}

function judgeFinite(logits: Float32Array): Finding {
  return logits.every(Number.isFinite)
    ? passed('all scores are numbers')
    : failed(`some of its scores are not numbers (${show(logits)})`);
}

function judgeSpread(logits: Float32Array): Finding {
  return spreadOf(logits) < CONSTANT_SPREAD
    ? failed(`it gives every document the same score (${show(logits)})`)
    : passed(`different documents get different scores (${show(logits)})`);
}

function judgeRepetition(first: Float32Array, second: Float32Array): Finding {
  const drift = Math.max(...first.map((logit, index) => Math.abs(logit - (second[index] ?? Number.NaN))));
  return drift <= spreadOf(first) * REPEAT_TOLERANCE
    ? passed('the same pairs get the same scores again')
    : failed(`it scores the same pairs differently the second time (${show(first)}, then ${show(second)})`);
}

function judgeTime(ms: number, maxMs: number): Finding {
  const what = `${SHORT_DOCUMENTS.length} short documents`;
  return ms <= maxMs
    ? passed(`${what} take ${Math.round(ms)} ms`)
    : failed(`it takes ${Math.round(ms)} ms for ${what}; at most ${maxMs} ms are allowed`);
}

function spreadOf(logits: Float32Array): number {
  return Math.max(...logits) - Math.min(...logits);
}

function show(logits: Float32Array): string {
  return Array.from(logits, (logit) => logit.toPrecision(4)).join(', ');
}
