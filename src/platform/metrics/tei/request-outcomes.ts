import { Counter, type Registry } from 'prom-client';

const RERANK_ROUTES = /^(\/v\d)?\/(rerank|reranking|score)$/;

const FAILURES = ['validation', 'batch_size', 'overloaded', 'dropped', 'inference'] as const;

/** Which of its reasons text-embeddings-inference would give; undefined where it counts nothing. */
function failureOf(status: number): (typeof FAILURES)[number] | undefined {
  if (status === 413) return 'batch_size';
  if (status === 429) return 'overloaded';
  if (status === 499) return 'dropped';
  if (status === 400 || status === 422) return 'validation';
  return status >= 500 ? 'inference' : undefined;
}

/** Of requests whose shape text-embeddings-inference would have taken. */
const isWellFormed = (status: number): boolean => {
  const failure = failureOf(status);
  return status === 200 || (failure !== undefined && failure !== 'validation');
};

/**
 * Requests by outcome, read off the counter of HTTP requests whenever somebody scrapes: nothing is counted twice. A list of texts
 * is what its `method` label calls "batch".
 */
export function countOutcomes(registry: Registry, httpRequests: string) {
  const registers = [registry];
  /** @param add gets every status of rerank requests, and how often it was answered */
  const each = async (add: (status: number, count: number) => void): Promise<void> => {
    const { values = [] } = (await registry.getSingleMetric(httpRequests)?.get()) ?? {};
    for (const { labels, value } of values) {
      const isRerank = labels['method'] === 'POST' && RERANK_ROUTES.test(String(labels['route']));
      if (isRerank) add(Number(labels['status']), value);
    }
  };
  const counted = (name: string, help: string, counts: (status: number) => boolean) =>
    new Counter({
      name,
      help,
      labelNames: ['method'] as const,
      registers,
      async collect() {
        let total = 0;
        await each((status, count) => {
          if (counts(status)) total += count;
        });
        this.reset();
        this.inc({ method: 'batch' }, total);
      },
    });
  return {
    count: counted('te_request_count', 'Requests that were well-formed.', isWellFormed),
    success: counted('te_request_success', 'Requests that were answered.', (status) => status === 200),
    failure: new Counter({
      name: 'te_request_failure',
      help: 'Requests that failed, by reason.',
      labelNames: ['err'] as const,
      registers,
      async collect() {
        const totals = new Map<string, number>(FAILURES.map((err) => [err, 0]));
        await each((status, count) => {
          const err = failureOf(status);
          if (err !== undefined) totals.set(err, (totals.get(err) ?? 0) + count);
        });
        this.reset();
        for (const [err, total] of totals) this.inc({ err }, total);
      },
    }),
  };
}
