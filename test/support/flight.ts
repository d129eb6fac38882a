import { expect } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from './capitals.ts';
import type { Answer, Client, Reranked } from './client.ts';
import { until } from './until.ts';

/** Pairs that wait for an engine, were handed to one, or share one of these. The order of the three makes it never too many. */
async function submittedPairs(client: Client): Promise<number> {
  const shared = await client.metric('rerankd_shared_pairs_total');
  const handedOver = await client.metric('rerankd_batch_pairs_sum');
  return shared + handedOver + (await client.metric('rerankd_queue_pairs'));
}

/** Sends requests and resolves when all of their pairs are inside the scheduler. Engines have to stand still meanwhile. */
export async function submit<T>(client: Client, pairs: number, send: () => T): Promise<{ sent: T }> {
  const before = await submittedPairs(client);
  const sent = send();
  await until(`${pairs} pairs are submitted`, async () => (await submittedPairs(client)) >= before + pairs);
  return { sent };
}

/** Requests that are all different, and whose right answers are known. */
export class Flight {
  readonly #client: Client;
  readonly #documents: readonly (readonly string[])[];
  readonly #expected: readonly (readonly number[])[];
  #answers: Promise<Answer<Reranked>>[] = [];

  private constructor(
    client: Client,
    documents: readonly (readonly string[])[],
    expected: readonly (readonly number[])[],
  ) {
    this.#client = client;
    this.#documents = documents;
    this.#expected = expected;
  }

  /** Asks for the right answers, while nothing is wrong yet. */
  static async prepare(client: Client, requests: number): Promise<Flight> {
    const documents = Array.from({ length: requests }, (_, request) =>
      DOCUMENTS.map((document) => `${document} It is number ${request}.`),
    );
    const expected: (readonly number[])[] = [];
    for (const list of documents) expected.push(await client.logits(QUERY, list));
    return new Flight(client, documents, expected);
  }

  get #pairs(): number {
    return this.#documents.length * DOCUMENTS.length;
  }

  /** Sends all of the requests at once, without waiting for anything. */
  send(): void {
    this.#answers = this.#documents.map((documents) =>
      this.#client.post<Reranked>('/rerank', { query: QUERY, documents, raw_scores: true }),
    );
    for (const answer of this.#answers) answer.catch(() => {});
  }

  /** Sends all of the requests to engines that stand still: they are in flight for as long as the test wants. */
  async takeOff(): Promise<void> {
    await submit(this.#client, this.#pairs, () => this.send());
  }

  /** Waits for the answers: every one of them has to be the right one. */
  async land(): Promise<void> {
    for (const [request, answer] of (await Promise.all(this.#answers)).entries()) {
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      const expected = this.#expected[request] ?? [];
      expect(largestDifference(answer.body.scores, expected), `answer ${request}`).toBeLessThan(SAME_SCORE);
    }
  }
}
