import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describedMetrics } from '../../scripts/metrics-table/described.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { readScrape, type Scrape } from '../support/scrape.ts';

/** As text-embeddings-inference 1.9 has them for a reranker. */
const NAMES: Readonly<Record<string, string>> = {
  te_request_count: 'counter',
  te_request_success: 'counter',
  te_request_failure: 'counter',
  te_request_duration: 'histogram',
  te_request_tokenization_duration: 'histogram',
  te_request_queue_duration: 'histogram',
  te_request_inference_duration: 'histogram',
  te_request_input_length: 'histogram',
  te_predict_count: 'counter',
  te_predict_success: 'counter',
  te_predict_duration: 'histogram',
  te_predict_tokenization_duration: 'histogram',
  te_predict_queue_duration: 'histogram',
  te_predict_inference_duration: 'histogram',
  te_queue_size: 'gauge',
  te_batch_next_size: 'histogram',
  te_batch_next_tokens: 'histogram',
};

describe('the metrics of text-embeddings-inference', () => {
  let service: ServiceUnderTest;
  let scrape: Scrape;
  beforeAll(async () => {
    service = await startService({ RERANK_TEI_METRICS: '1', RERANK_MAX_DOCUMENTS: '5' });
    const { client } = service;
    await client.post('/rerank', { query: 'tides', texts: ['the moon', 'yeast', 'the sea is deep'] });
    await client.post('/v1/rerank', { query: 'tides', documents: ['the moon', 'bread'] });
    await client.post('/rerank', { query: 'tides', texts: [] });
    scrape = readScrape((await client.get<string>('/metrics')).body);
  });
  afterAll(async () => await service[Symbol.asyncDispose]());

  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    scrape.samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted))
      .reduce((sum, sample) => sum + sample.value, 0);

  it('are there under their names and of their types', () => {
    expect(Object.fromEntries([...scrape.types].filter(([name]) => name.startsWith('te_')))).toEqual(NAMES);
    expect(describedMetrics().filter(({ name }) => name.startsWith('te_'))).toHaveLength(
      Object.keys(NAMES).length,
    );
  });

  it('count requests and texts as it does', () => {
    expect(value('te_request_count', { method: 'batch' })).toBe(2);
    expect(value('te_request_success', { method: 'batch' })).toBe(2);
    expect(value('te_request_failure', { err: 'validation' })).toBe(1);
    expect(value('te_request_failure')).toBe(1);
    expect(value('te_predict_count')).toBe(5);
    expect(value('te_predict_success')).toBe(5);
  });

  it.each([
    ['te_request_duration', 2],
    ['te_request_tokenization_duration', 2],
    ['te_request_queue_duration', 2],
    ['te_request_inference_duration', 2],
    ['te_predict_duration', 5],
    ['te_predict_inference_duration', 5],
    ['te_request_input_length', 5],
  ])('have seen in %s what there was', (name, count) => {
    expect(value(`${name}_count`)).toBe(count);
    expect(value(`${name}_bucket`, { le: '+Inf' })).toBe(count);
  });

  it('agree with those of rerankd where both see the same', () => {
    for (const stage of ['tokenization', 'queue', 'inference']) {
      expect(value(`te_request_${stage}_duration_sum`)).toBeCloseTo(
        value(`rerankd_${stage}_duration_seconds_sum`),
        9,
      );
    }
    expect(value('te_batch_next_size_sum')).toBe(value('rerankd_batch_pairs_sum'));
    const text = value('rerankd_batch_tokens_sum') - value('rerankd_batch_padding_tokens_total');
    expect(value('te_batch_next_tokens_sum')).toBe(text);
  });

  it('have its buckets', () => {
    const bounds = (name: string): string[] =>
      scrape.samples
        .filter((sample) => sample.name === `${name}_bucket`)
        .map(({ labels }) => labels['le'] ?? '');
    expect(bounds('te_request_duration')).toHaveLength(36);
    expect(Number(bounds('te_request_duration')[0])).toBeCloseTo(0.000_015, 9);
    expect(bounds('te_batch_next_size').slice(0, 3)).toEqual(['1', '2', '4']);
    expect(bounds('te_batch_next_tokens').at(-2)).toBe(String(2 ** 20));
  });

  it('have cumulative buckets', () => {
    const counts = scrape.samples.filter(({ name }) => name === 'te_request_input_length_bucket');
    expect(counts.map(({ value: count }) => count)).toEqual(
      counts.map(({ value: count }) => count).toSorted((a, b) => a - b),
    );
    expect(counts[0]?.value).toBe(0);
    const last = scrape.samples.filter(({ name }) => name === 'te_predict_duration_bucket').at(-2);
    expect(last).toMatchObject({ labels: { le: expect.stringMatching(/^14\.5/) }, value: 5 });
  });
});

it.each([
  ['te_request_duration', 1],
  ['te_request_tokenization_duration', 0.1],
  ['te_request_queue_duration', 0.2],
  ['te_request_inference_duration', 0.5],
  ['te_predict_duration', 3],
  ['te_predict_tokenization_duration', 0.3],
  ['te_predict_queue_duration', 0.6],
  ['te_predict_inference_duration', 1.5],
  ['te_request_input_length', 60],
])('%s adds up seconds, or tokens, of a request or of each of its texts', async (name, sum) => {
  const metrics = createMetrics({ readyEngines: () => 0 }, { tei: true });
  const timings = { totalMs: 1000, tokenizationMs: 100, queueMs: 200, inferenceMs: 500 };
  metrics.tei?.answered(Uint32Array.of(10, 20, 30), timings);
  const { samples } = readScrape(await metrics.registry.metrics());
  expect(samples.find((sample) => sample.name === `${name}_sum`)?.value).toBeCloseTo(sum, 9);
});

it('are not there unless asked for', async () => {
  await using service = await startService();
  await service.client.rerank('tides', ['the moon']);
  expect((await service.client.get<string>('/metrics')).body).not.toMatch(/^te_/m);
});
