import { setMaxListeners } from 'node:events';
import type { Flow } from '../batching/flow.ts';
import type { ScoredPairs } from '../batching/job.ts';
import type { Scheduler } from '../batching/scheduler.ts';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { CallFailed } from '../platform/process/child-link.ts';
import { bestOfWindows, type ScoredDocuments } from './best-window.ts';
import { requireWhole } from './refuse-long-texts.ts';
import type { ScoreLimits } from './text-limits.ts';
import type { EncodedPairs } from './tokenizer/protocol.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface ScoredRequest extends ScoredDocuments {
  readonly tokenizationMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
  /** What the pairs took of the device. See RunReply. */
  readonly computeMs: number;
}

/** Documents tokenized in one go: engines begin with the first chunk while the next one is still text. */
const CHUNK_DOCUMENTS = 128;

/** Rows that one chunk may become where documents are split. */
const CHUNK_WINDOWS = 1024;

/**
 * Tokenizes and scores the documents of one request on one model. One chunk is tokenized at a time, so that the chunks of others
 * get in between.
 */
export async function scorePairs(
  on: { readonly tokenizer: Tokenizer; readonly scheduler: Scheduler; readonly clock: Clock },
  query: string,
  documents: readonly string[],
  limits: ScoreLimits,
  flow: Flow,
  signal: AbortSignal,
): Promise<ScoredRequest> {
  const startedAt = on.clock.now();
  // When one chunk fails, the others are no longer worth running.
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  // One listener a chunk, bounded by the documents that a request may have.
  setMaxListeners(0, either);
  const scored: Promise<ScoredChunk>[] = [];
  const size = chunkSize(limits);
  try {
    for (let at = 0; at < documents.length; at += size) {
      either.throwIfAborted();
      const chunk = documents.slice(at, at + size);
      const encodingFrom = on.clock.now();
      const encoded = await encode(on.tokenizer, query, chunk, limits, either);
      flow.trace?.record?.({
        name: 'rerank.tokenization',
        from: encodingFrom,
        to: on.clock.now(),
        attributes: { 'rerankd.documents': chunk.length, 'rerankd.pairs': encoded.lengths.length },
      });
      if (limits.strict === true) requireWhole(encoded.marks, at, limits.maxLength);
      limits.budget?.take(encoded.lengths.length);
      const job = on.scheduler.submit(encoded, flow, either).then((rows) => ({ ...rows, encoded }));
      job.catch((error) => failure.abort(error));
      scored.push(job);
    }
    const tokenizationMs = on.clock.now() - startedAt;
    const chunks = await Promise.all(scored);
    return { ...combine(chunks, documents.length, limits), tokenizationMs };
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(scored);
    throw error;
  }
}

interface ScoredChunk extends ScoredPairs {
  readonly encoded: EncodedPairs;
}

function chunkSize({ cut }: ScoreLimits): number {
  if (cut?.windows === undefined) return CHUNK_DOCUMENTS;
  return Math.min(CHUNK_DOCUMENTS, Math.ceil(CHUNK_WINDOWS / cut.windows.max));
}

async function encode(
  tokenizer: Tokenizer,
  query: string,
  documents: readonly string[],
  { maxLength, cut }: ScoreLimits,
  signal: AbortSignal,
): Promise<EncodedPairs> {
  try {
    return await tokenizer.encode({ query, documents, maxLength, ...(cut !== undefined && { cut }) }, signal);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    throw new ServiceError('internal', 'the tokenizer failed on this request', {
      detail: error.message,
      cause: error,
    });
  }
}

function combine(chunks: readonly ScoredChunk[], documents: number, { cut }: ScoreLimits) {
  const logits = new Float32Array(documents);
  const tokens = new Uint32Array(documents);
  const truncated = new Uint8Array(documents);
  let at = 0;
  for (const { logits: scored, encoded } of chunks) {
    const chunk =
      cut?.windows === undefined
        ? { logits: scored, tokens: encoded.lengths, truncated: encoded.marks }
        : bestOfWindows(scored, encoded);
    logits.set(chunk.logits, at);
    tokens.set(chunk.tokens, at);
    truncated.set(chunk.truncated, at);
    at += chunk.logits.length;
  }
  return {
    logits,
    tokens,
    truncated,
    queueMs: Math.max(...chunks.map((chunk) => chunk.queueMs)),
    inferenceMs: Math.max(...chunks.map((chunk) => chunk.inferenceMs)),
    computeMs: chunks.reduce((sum, chunk) => sum + chunk.computeMs, 0),
  };
}
