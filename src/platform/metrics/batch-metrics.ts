import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { PAIRS, REQUEST_SECONDS, TOKENS } from './buckets.ts';
import type { Observed } from './observed.ts';

/** The queue in front of the engines, and the batches that they run. */
export function batchMetrics(registers: Registry[], observed: Observed) {
  return {
    batchBudget: new Gauge({
      name: 'rerankd_batch_budget_tokens',
      help: 'Tokens that one batch may have at this moment, padding included: as planned, or fewer after batches did not fit into the memory of the device.',
      registers,
      collect() {
        this.set(observed.batchTokens?.() ?? 0);
      },
    }),
    queuedPairs: new Gauge({ name: 'rerankd_queue_pairs', help: 'Pairs that wait for a batch.', registers }),
    queuedTokens: new Gauge({
      name: 'rerankd_queue_tokens',
      help: 'Tokens that wait for a batch.',
      registers,
    }),
    batchPairs: new Histogram({
      name: 'rerankd_batch_pairs',
      help: 'Pairs in one engine batch.',
      buckets: PAIRS,
      registers,
    }),
    batchTokens: new Histogram({
      name: 'rerankd_batch_tokens',
      help: 'Tokens in one engine batch, padding included.',
      buckets: TOKENS,
      registers,
    }),
    paddingTokens: new Counter({
      name: 'rerankd_batch_padding_tokens_total',
      help: 'Tokens of batches that are only padding. Share: its rate divided by that of rerankd_batch_tokens_sum.',
      registers,
    }),
    batchDuration: new Histogram({
      name: 'rerankd_batch_inference_duration_seconds',
      help: 'Time of one batch inside ONNX Runtime.',
      buckets: REQUEST_SECONDS,
      registers,
    }),
    batchRetries: new Counter({
      name: 'rerankd_batch_retries_total',
      help: 'Batches run again because their engine ended, or because one of several pairs failed.',
      registers,
    }),
    batchSplits: new Counter({
      name: 'rerankd_batch_splits_total',
      help: 'Batches that did not fit into the memory of the device and ran again in halves.',
      registers,
    }),
    sharedPairs: new Counter({
      name: 'rerankd_shared_pairs_total',
      help: 'Pairs that were not computed because the same pair was already waiting or running.',
      registers,
    }),
  };
}
