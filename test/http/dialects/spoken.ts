import type { Envelope, Spoken } from '../../../src/http/dialects/dialect.ts';
import { rank } from '../../../src/rerank/ranking.ts';
import type { RerankResult } from '../../../src/rerank/rerank-request.ts';

export const options = { maxDocuments: 100, longDocuments: 'truncate' } as const;

const envelope: Envelope = { requestId: 'id-1', date: () => new Date(1_700_000_000_900) };

/** What a client reads when its documents have these scores. */
export function answerOf(spoken: Spoken, scores: readonly number[], truncated = 0): unknown {
  const ranked = rank(Float32Array.from(scores), scores, spoken.request.topN);
  const result: RerankResult = {
    model: { generation: 1, reference: 'local://m', digest: 'd', device: 'cpu', dtype: 'fp32' },
    scores,
    ranked,
    tokens: 42,
    truncated,
    timings: { totalMs: 0, tokenizationMs: 0, queueMs: 0, inferenceMs: 0 },
  };
  // As it arrives: what JSON leaves out is not there.
  return JSON.parse(JSON.stringify(spoken.respond(result, envelope)));
}
