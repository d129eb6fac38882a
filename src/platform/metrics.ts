import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SWAP_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const LOCK_SECONDS = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.05, 0.5, 2.5, 10, 60];
const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const TOKENS = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/** What is looked up at the moment of a scrape. */
export interface Observed {
  readyEngines(): number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Every series that rerankd exposes, in one registry. Base units (seconds, tokens) as Prometheus convention asks. */
export function createMetrics(observed: Observed) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = (name: string, help: string, buckets = REQUEST_SECONDS) =>
    new Histogram({ name, help, buckets, registers });
  return {
    registry,
    httpRequests: new Counter({
      name: 'rerankd_http_requests_total',
      help: 'Answered HTTP requests by route, method and status.',
      labelNames: ['route', 'method', 'status'] as const,
      registers,
    }),
    httpDuration: new Histogram({
      name: 'rerankd_http_request_duration_seconds',
      help: 'Time from the request line to the end of the response.',
      labelNames: ['route'] as const,
      buckets: REQUEST_SECONDS,
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
    documents: new Histogram({
      name: 'rerankd_request_documents',
      help: 'Documents in one rerank request.',
      buckets: POWERS_OF_TWO,
      registers,
    }),
    queuedPairs: new Gauge({ name: 'rerankd_queue_pairs', help: 'Pairs that wait for a batch.', registers }),
    queuedTokens: new Gauge({
      name: 'rerankd_queue_tokens',
      help: 'Tokens that wait for a batch.',
      registers,
    }),
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
    refused: new Counter({
      name: 'rerankd_requests_refused_total',
      help: 'Requests refused by admission: the queue was full, or their answer would have come too late.',
      labelNames: ['reason'] as const,
      registers,
    }),
    scoreCacheLookups: new Counter({
      name: 'rerankd_score_cache_lookups_total',
      help: 'Pairs looked up in the score cache. Hit ratio: rate of hits divided by rate of all.',
      labelNames: ['result'] as const,
      registers,
    }),
    scoreCacheEntries: new Gauge({
      name: 'rerankd_score_cache_entries',
      help: 'Scores in the cache.',
      registers,
    }),
    batchPairs: new Histogram({
      name: 'rerankd_batch_pairs',
      help: 'Pairs in one engine batch.',
      buckets: POWERS_OF_TWO,
      registers,
    }),
    batchTokens: new Histogram({
      name: 'rerankd_batch_tokens',
      help: 'Tokens in one engine batch, padding included.',
      buckets: TOKENS,
      registers,
    }),
    sharedPairs: new Counter({
      name: 'rerankd_shared_pairs_total',
      help: 'Pairs that were not computed because the same pair was already waiting or running.',
      registers,
    }),
    batchDuration: seconds(
      'rerankd_batch_inference_duration_seconds',
      'Time of one batch inside ONNX Runtime.',
    ),
    engines: new Gauge({
      name: 'rerankd_engines_ready',
      help: 'Ready engine processes of the current model.',
      registers,
      collect() {
        this.set(observed.readyEngines());
      },
    }),
    engineRestarts: new Counter({
      name: 'rerankd_engine_restarts_total',
      help: 'Engine and tokenizer processes that ended unasked and were started again.',
      registers,
    }),
    batchRetries: new Counter({
      name: 'rerankd_batch_retries_total',
      help: 'Batches run again because their engine ended.',
      registers,
    }),
    swaps: new Counter({
      name: 'rerankd_swaps_total',
      help: 'Finished updates, rollbacks and preloads by outcome, and by how the models took turns.',
      labelNames: ['kind', 'outcome', 'mode'] as const,
      registers,
    }),
    swapDuration: seconds(
      'rerankd_swap_duration_seconds',
      'Time of a whole update, drain included.',
      SWAP_SECONDS,
    ),
    swapPhase: new Histogram({
      name: 'rerankd_swap_phase_duration_seconds',
      help: 'Time of each phase of an update.',
      labelNames: ['phase'] as const,
      buckets: SWAP_SECONDS,
      registers,
    }),
    swapMemory: new Gauge({
      name: 'rerankd_swap_memory_bytes',
      help: 'Memory of the process tree before and after the last update, without mapped files.',
      labelNames: ['when'] as const,
      registers,
    }),
    heldRequests: new Counter({
      name: 'rerankd_swap_held_requests_total',
      help: 'Requests that waited while a model ended and another was loaded.',
      registers,
    }),
    drainedGenerations: new Counter({
      name: 'rerankd_swap_drained_generations_total',
      help: 'Models that no request uses any more after a swap, and those that requests still held when the time was up.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    probations: new Counter({
      name: 'rerankd_probations_total',
      help: 'Models on probation by what came of it.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    answeredByStandby: new Counter({
      name: 'rerankd_requests_answered_by_standby_total',
      help: 'Requests that a model on probation failed on and the one before it answered.',
      registers,
    }),
    quarantined: new Gauge({
      name: 'rerankd_quarantined_models',
      help: 'Models that were taken back and are refused.',
      registers,
    }),
    storeBytes: new Counter({
      name: 'rerankd_store_bytes_total',
      help: 'Bytes of models that came over the network, by where they came from.',
      labelNames: ['source'] as const,
      registers,
    }),
    storeRetries: new Counter({
      name: 'rerankd_store_retries_total',
      help: 'Requests for models that were made again, by what went wrong.',
      labelNames: ['reason'] as const,
      registers,
    }),
    storeFailovers: new Counter({
      name: 'rerankd_store_failovers_total',
      help: 'Hubs and mirrors that answered in place of one before them.',
      registers,
    }),
    storeLookups: new Counter({
      name: 'rerankd_store_lookups_total',
      help: 'Models that were asked for, by where they were found: at a hub or server (remote), on disk, or still loaded (memory).',
      labelNames: ['tier'] as const,
      registers,
    }),
    storeStaleServed: new Counter({
      name: 'rerankd_store_stale_served_total',
      help: 'Models that were given as they were known, because no hub answered.',
      registers,
    }),
    storeEvictions: new Counter({
      name: 'rerankd_store_evictions_total',
      help: 'What was deleted to keep the store within its budget.',
      labelNames: ['kind'] as const,
      registers,
    }),
    storeDeltaSaved: new Counter({
      name: 'rerankd_store_delta_saved_bytes_total',
      help: 'Bytes that need not be fetched, because an earlier version has them.',
      registers,
    }),
    stateUnsaved: new Gauge({
      name: 'rerankd_state_unsaved',
      help: '1 while the state directory does not say what serves, because it can not be written.',
      registers,
    }),
    swapLock: seconds(
      'rerankd_swap_lock_held_seconds',
      'Time that a swap held the write lock.',
      LOCK_SECONDS,
    ),
    modelInfo: new Gauge({
      name: 'rerankd_model_info',
      help: 'Always 1; the labels name the model that serves.',
      labelNames: ['model', 'digest', 'generation', 'device'] as const,
      registers,
    }),
  };
}
