import { Counter, Gauge, type Registry } from 'prom-client';
import { countOutcomes } from './request-outcomes.ts';
import { WeightedHistogram } from './weighted-histogram.ts';

/** 35 bounds from 15 µs to 14.6 s, each one and a half times the one before. */
const SECONDS = Array.from({ length: 35 }, (_, index) => 0.000_01 * 1.5 ** (index + 1));

const powersOfTwo = (count: number): number[] => Array.from({ length: count }, (_, index) => 2 ** index);

/** Where the time of an answered request went. */
interface Timings {
  readonly totalMs: number;
  readonly tokenizationMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
}

/** What is told to the metrics of text-embeddings-inference beyond what rerankd's own are told anyway. */
export interface TeiMetrics {
  /** A request was let in. */
  asked(documents: number): void;
  /** It was answered. @param tokens of each of its pairs */
  answered(tokens: Uint32Array, timings: Timings): void;
  /** A batch begins. @param tokens without padding */
  batch(pairs: number, tokens: number): void;
}

interface Shared {
  readonly queuedPairs: Pick<Gauge, 'get'>;
}

/**
 * The metrics of text-embeddings-inference under its own names, types, labels, units and buckets, so that its dashboards and
 * alerts go on working. Names and units are not those that Prometheus asks for; that is the point.
 *
 * Source: text-embeddings-inference 1.9, router/src/prometheus.rs, router/src/lib.rs, core/src/infer.rs, core/src/queue.rs.
 */
export function createTeiMetrics(registry: Registry, { queuedPairs }: Shared): TeiMetrics {
  const registers = [registry];
  const seconds = (name: string, help: string) => new WeightedHistogram(name, help, SECONDS, registry);
  countOutcomes(registry, 'rerankd_http_requests_total');
  const request = {
    total: seconds('te_request_duration', 'Seconds from a request to its answer.'),
    tokenization: seconds('te_request_tokenization_duration', 'Seconds of tokenization.'),
    queue: seconds('te_request_queue_duration', 'Seconds in the queue.'),
    inference: seconds('te_request_inference_duration', 'Seconds of inference.'),
  };
  const predictCount = new Counter({ name: 'te_predict_count', help: 'Texts to be scored.', registers });
  const predictSuccess = new Counter({
    name: 'te_predict_success',
    help: 'Texts that were scored.',
    registers,
  });
  const predict = {
    total: seconds('te_predict_duration', 'Seconds until a text was scored.'),
    tokenization: seconds('te_predict_tokenization_duration', 'Seconds of its tokenization.'),
    queue: seconds('te_predict_queue_duration', 'Seconds that it waited.'),
    inference: seconds('te_predict_inference_duration', 'Seconds of its inference.'),
  };
  const inputLength = new WeightedHistogram(
    'te_request_input_length',
    'Tokens of a text, its query included.',
    powersOfTwo(14),
    registry,
  );
  const batchSize = new WeightedHistogram(
    'te_batch_next_size',
    'Texts in a batch.',
    powersOfTwo(13),
    registry,
  );
  const batchTokens = new WeightedHistogram(
    'te_batch_next_tokens',
    'Tokens in a batch.',
    powersOfTwo(21),
    registry,
  );
  mirrorQueue(registers, queuedPairs);
  return {
    asked: (documents) => predictCount.inc(documents),
    answered(tokens, { totalMs, tokenizationMs, queueMs, inferenceMs }) {
      const pairs = tokens.length;
      predictSuccess.inc(pairs);
      for (const [histograms, times] of [
        [request, 1],
        [predict, pairs],
      ] as const) {
        histograms.total.observe(totalMs / 1000, times);
        histograms.tokenization.observe(tokenizationMs / 1000, times);
        histograms.queue.observe(queueMs / 1000, times);
        histograms.inference.observe(inferenceMs / 1000, times);
      }
      for (const length of tokens) inputLength.observe(length);
    },
    batch(pairs, tokens) {
      batchSize.observe(pairs);
      batchTokens.observe(tokens);
    },
  };
}

function mirrorQueue(registers: Registry[], queuedPairs: Shared['queuedPairs']): Gauge {
  return new Gauge({
    name: 'te_queue_size',
    help: 'Texts that wait for a batch.',
    registers,
    async collect() {
      const { values } = await queuedPairs.get();
      this.set(values[0]?.value ?? 0);
    },
  });
}
