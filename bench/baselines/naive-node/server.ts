/**
 * What a Node user writes today: Express, transformers.js, one request at a time, its documents in one padded batch.
 *
 *     node bench/baselines/naive-node/server.ts MODEL_DIRECTORY PORT THREADS
 *
 * Ends when its standard input does, so that it never outlives who started it.
 */
import { basename, dirname } from 'node:path';
import { AutoModelForSequenceClassification, AutoTokenizer, env } from '@huggingface/transformers';
import express from 'express';

interface RerankBody {
  readonly query: string;
  readonly documents: readonly string[];
}

interface Ranked {
  readonly index: number;
  readonly relevance_score: number;
}

const [directory = '', port = '', threads = ''] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = dirname(directory);
const name = basename(directory);
const tokenizer = await AutoTokenizer.from_pretrained(name);
const model = await AutoModelForSequenceClassification.from_pretrained(name, {
  dtype: 'fp32',
  // ONNX Runtime would take one thread for each physical core; no contender shall have fewer than the others.
  session_options: { intraOpNumThreads: Number(threads) },
});

async function rerank({ query, documents }: RerankBody): Promise<Ranked[]> {
  const inputs = tokenizer(
    Array.from(documents, () => query),
    {
      text_pair: [...documents],
      padding: true,
      truncation: true,
    },
  );
  const { logits } = (await model(inputs)) as { logits: { data: Float32Array } };
  return Array.from(logits.data, (logit, index) => ({
    index,
    relevance_score: 1 / (1 + Math.exp(-logit)),
  })).toSorted((a, b) => b.relevance_score - a.relevance_score);
}

let last: Promise<unknown> = Promise.resolve();

const app = express();
app.use(express.json({ limit: '64mb' }));
app.get('/readyz', (_request, response) => {
  response.json({ status: 'ready' });
});
app.post('/rerank', (request, response) => {
  const turn = last.then(() => rerank(request.body as RerankBody));
  last = turn.catch(() => {});
  turn.then(
    (results) => response.json({ results }),
    (error: Error) => response.status(500).json({ message: error.message }),
  );
});
const server = app.listen(Number(port), '127.0.0.1');
// Inference blocks the event loop: by the time it looks at its timers, requests that have long arrived would count as late, and
// their connections be cut. What is measured is speed, so these limits are off.
server.keepAliveTimeout = 0;
server.headersTimeout = 0;
server.requestTimeout = 0;

process.stdin.resume().once('end', () => process.exit());
