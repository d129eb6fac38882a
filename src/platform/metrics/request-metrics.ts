import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { DOCUMENTS, REQUEST_SECONDS } from './buckets.ts';
import { startAtZero } from './start-at-zero.ts';

/** What becomes of rerank requests: let in or refused, and where their time goes. */
export function requestMetrics(registers: Registry[]) {
  const seconds = (name: string, help: string) =>
    new Histogram({ name, help, buckets: REQUEST_SECONDS, registers });
  return {
    documents: new Histogram({
      name: 'rerankd_request_documents',
      help: 'Documents in one rerank request.',
      buckets: DOCUMENTS,
      registers,
    }),
    tokenization: seconds('rerankd_tokenization_duration_seconds', 'Time to tokenize one request.'),
    queue: seconds(
      'rerankd_queue_duration_seconds',
      'Time from tokenized to the first batch that carries the request.',
    ),
    inference: seconds(
      'rerankd_inference_duration_seconds',
      'Time from the first batch to the last score of a request.',
    ),
    admittedRequests: new Gauge({
      name: 'rerankd_admitted_requests',
      help: 'Admitted, unanswered requests.',
      registers,
    }),
    admittedTokens: new Gauge({
      name: 'rerankd_admitted_tokens',
      help: 'Estimated tokens of all admitted, unanswered requests.',
      registers,
    }),
    refused: startAtZero(
      new Counter({
        name: 'rerankd_requests_refused_total',
        help: 'Requests refused by admission: the queue was full, or their answer would have come too late.',
        labelNames: ['reason'] as const,
        registers,
      }),
      ['queue_full', 'deadline', 'held'].map((reason) => ({ reason })),
    ),
    scoreCacheLookups: startAtZero(
      new Counter({
        name: 'rerankd_score_cache_lookups_total',
        help: 'Pairs looked up in the score cache. Hit ratio: rate of hits divided by rate of all.',
        labelNames: ['result'] as const,
        registers,
      }),
      ['hit', 'miss'].map((result) => ({ result })),
    ),
    scoreCacheEntries: new Gauge({
      name: 'rerankd_score_cache_entries',
      help: 'Scores in the cache.',
      registers,
    }),
    answeredByStandby: new Counter({
      name: 'rerankd_requests_answered_by_standby_total',
      help: 'Requests that a model on probation failed on and the one before it answered.',
      registers,
    }),
  };
}
