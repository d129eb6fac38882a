import { afterAll, beforeAll, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { Answer, Reranked } from '../support/client.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const MODELS = ['local://demo', 'local://demo-next'] as const;
const SWAPS = 6;
const CLIENTS = 4;

let server: ServiceUnderTest;
beforeAll(async () => {
  server = await startService();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Requests of several sizes; the largest ones are cut into many batches on both engines. */
const SIZES = [1, 4, 40, 200];

function documentsOf(size: number): string[] {
  return Array.from(
    { length: size },
    (_, index) => `${DOCUMENTS[index % DOCUMENTS.length]} Number ${index}.`,
  );
}

/** Seven loads beside a full load: on two busy processors that takes its time. */
const TIMEOUT_MS = 60_000;

it.for(['beside', 'hold'] as const)(
  'every answer under load equals the scores of the model that it names, through every swap: %s',
  { timeout: TIMEOUT_MS },
  async (mode) => {
    const expected = new Map<string, readonly number[]>();
    for (const model of [MODELS[1], MODELS[0]]) {
      await server.client.update(model);
      for (const size of SIZES) {
        expected.set(`${model} ${size}`, await server.client.logits(QUERY, documentsOf(size)));
      }
    }
    const generationBefore = (await server.client.info()).current?.generation ?? 0;
    const helpers = await helpersOf(process.pid);

    const swapped = new AbortController();
    const answers: { size: number; answer: Answer<Reranked> }[] = [];
    const ask = async (client: number): Promise<void> => {
      for (let turn = client; !swapped.signal.aborted; turn++) {
        const size = SIZES[turn % SIZES.length] ?? 1;
        const answer = await server.client.post<Reranked>('/rerank', {
          query: QUERY,
          documents: documentsOf(size),
          raw_scores: true,
        });
        answers.push({ size, answer });
      }
    };
    const clients = Array.from({ length: CLIENTS }, (_, client) => ask(client));
    for (let swap = 0; swap < SWAPS; swap++) {
      const { current_model } = await server.client.update(MODELS[(swap + 1) % 2] ?? '', { mode });
      expect(current_model).toBe(MODELS[(swap + 1) % 2]);
    }
    swapped.abort();
    await Promise.all(clients);

    for (const { size, answer } of answers) {
      expect(answer.status, JSON.stringify(answer.body).slice(0, 500)).toBe(200);
      expect(answer.headers.get('x-model')).toBe(answer.body.model);
      const right = expected.get(`${answer.body.model} ${size}`) ?? [];
      expect(largestDifference(answer.body.scores, right)).toBeLessThan(SAME_SCORE);
    }
    const generations = new Set(
      answers.map(({ answer }) => Number(answer.headers.get('x-model-generation'))),
    );
    expect(answers.length).toBeGreaterThan(100);
    expect(generations.size, 'too few answers to tell').toBeGreaterThan(SWAPS / 2);
    expect(Math.max(...generations)).toBeLessThanOrEqual(generationBefore + SWAPS);
    const helpersAfter = await helpersOf(process.pid);
    expect(helpersAfter).toHaveLength(helpers.length);
  },
);
