import { quantile } from '../../../scripts/measuring/statistics.ts';
import { Client, prepare } from '../../serve/load/client.ts';
import { startOnCard } from '../card-server.ts';
import type { CardContext, CardModel } from './context.ts';

/** One request after the other on an idle server, over HTTP. Milliseconds. */
export interface SingleFindings {
  readonly size: string;
  readonly documents: number;
  readonly tokensPerDocument: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The medians of what the server says of its own time, by header. */
  readonly serverMs: Readonly<Record<string, number>>;
  readonly failed: number;
}

const DOCUMENTS = 100;

const WARM_UP_REQUESTS = 10;

const TIMES = ['x-total-time', 'x-tokenization-time', 'x-queue-time', 'x-inference-time'];

/** 100 documents of 128 tokens each, every request another one. */
export async function measureSingle(model: CardModel, context: CardContext): Promise<SingleFindings> {
  const { options, signal, say } = context;
  const file = await model.workload.requests('uniform', DOCUMENTS);
  say(`single, ${model.size}: starting`);
  await using server = await startOnCard(model, context);
  const client = new Client(`${server.url}/rerank`, {});
  const requests = file.requests.map(prepare);
  const latencies: number[] = [];
  const times = new Map<string, number[]>(TIMES.map((name) => [name, []]));
  let failed = 0;
  for (let index = -WARM_UP_REQUESTS; index < options.requests; index++) {
    signal.throwIfAborted();
    const request = requests[(index + WARM_UP_REQUESTS) % requests.length];
    if (request === undefined) throw new RangeError('the set has no requests');
    const { latencyMs, fault, headers } = await client.ask(request);
    if (fault !== undefined) failed++;
    if (index < 0 || fault !== undefined) continue;
    latencies.push(latencyMs);
    for (const [name, values] of times) values.push(Number(headers[name]));
  }
  const tokens = file.requests.reduce((sum, request) => sum + request.tokens, 0);
  return {
    size: model.size,
    documents: DOCUMENTS,
    tokensPerDocument: tokens / file.requests.length / DOCUMENTS,
    requests: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    maxMs: Math.max(...latencies),
    serverMs: Object.fromEntries([...times].map(([name, values]) => [name, quantile(values, 0.5)])),
    failed,
  };
}
