import type { ScoredRequest } from '../model/score-pairs.ts';
import { inParallel } from '../platform/in-parallel.ts';

/** Queries of one request that are asked at once: enough to fill batches, few enough to leave others their turn. */
const QUERIES_AT_ONCE = 8;

/** Scores the documents that ask the same query together, and puts all back in their places. */
export async function scoreEach(
  queries: readonly string[],
  documents: readonly string[],
  signal: AbortSignal,
  score: (query: string, documents: readonly string[], signal: AbortSignal) => Promise<ScoredRequest>,
): Promise<ScoredRequest> {
  const groups = Map.groupBy(documents.keys(), (index) => queries[index] ?? '');
  const all = {
    logits: new Float32Array(documents.length),
    tokens: new Uint32Array(documents.length),
    truncated: new Uint8Array(documents.length),
  };
  const times = { tokenizationMs: 0, queueMs: 0, inferenceMs: 0, computeMs: 0 };
  await inParallel(groups, QUERIES_AT_ONCE, signal, async ([query, indexes], either) => {
    const scored = await score(
      query,
      indexes.map((index) => documents[index] ?? ''),
      either,
    );
    for (const [at, index] of indexes.entries()) {
      all.logits[index] = scored.logits[at] ?? Number.NaN;
      all.tokens[index] = scored.tokens[at] ?? 0;
      all.truncated[index] = scored.truncated[at] ?? 0;
    }
    // They overlap, so the longest wait is the request's.
    for (const wait of ['tokenizationMs', 'queueMs', 'inferenceMs'] as const) {
      times[wait] = Math.max(times[wait], scored[wait]);
    }
    times.computeMs += scored.computeMs;
  });
  return { ...all, ...times };
}
