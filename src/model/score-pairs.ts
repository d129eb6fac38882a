import { setMaxListeners } from 'node:events';
import type { Flow } from '../batching/flow.ts';
import type { ScoredPairs } from '../batching/job.ts';
import type { Scheduler } from '../batching/scheduler.ts';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { CallFailed } from '../platform/process/child-link.ts';
import type { EncodedPairs } from './tokenizer/protocol.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface ScoreLimits {
  /** Tokens a pair, special tokens included. */
  readonly maxLength: number;
}

export interface ScoredRequest {
  /** One logit a document, in the order of the documents. */
  readonly logits: Float32Array;
  /** Tokens of each pair, after truncation. */
  readonly tokens: Uint32Array;
  /** 1 for each document that did not fit and was cut. */
  readonly truncated: Uint8Array;
  readonly tokenizationMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
  /** What the pairs took of the device. See RunReply. */
  readonly computeMs: number;
}

/** Documents tokenized in one go: engines begin with the first chunk while the next one is still text. */
const CHUNK_DOCUMENTS = 128;

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
  try {
    for (let at = 0; at < documents.length; at += CHUNK_DOCUMENTS) {
      either.throwIfAborted();
      const chunk = documents.slice(at, at + CHUNK_DOCUMENTS);
      const encoded = await encode(on.tokenizer, query, chunk, limits.maxLength);
      const job = on.scheduler.submit(encoded, flow, either).then((pairs) => ({ ...pairs, encoded }));
      job.catch((error) => failure.abort(error));
      scored.push(job);
    }
    const tokenizationMs = on.clock.now() - startedAt;
    return { ...combine(await Promise.all(scored), documents.length), tokenizationMs };
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(scored);
    throw error;
  }
}

interface ScoredChunk extends ScoredPairs {
  readonly encoded: EncodedPairs;
}

async function encode(tokenizer: Tokenizer, query: string, documents: readonly string[], maxLength: number) {
  try {
    return await tokenizer.encode({ query, documents, maxLength });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    throw new ServiceError('internal', 'the tokenizer failed on this request', {
      detail: error.message,
      cause: error,
    });
  }
}

function combine(chunks: readonly ScoredChunk[], documents: number) {
  const logits = new Float32Array(documents);
  const tokens = new Uint32Array(documents);
  const truncated = new Uint8Array(documents);
  let at = 0;
  for (const { logits: scored, encoded } of chunks) {
    logits.set(scored, at);
    tokens.set(encoded.lengths, at);
    truncated.set(encoded.truncated, at);
    at += scored.length;
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
