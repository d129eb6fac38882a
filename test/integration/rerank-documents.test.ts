import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { ErrorAnswer } from '../support/client.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const WORDS = [
  'Paris',
  'capital',
  'France',
  'city',
  'river',
  'flour',
  'eggs',
  'Berlin',
  'is',
  'the',
  'of',
  '巴黎',
];

/** Texts of many lengths, so that batches of every shape are formed; the same ones each time. */
function someTexts(count: number): string[] {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next(60) }, () => WORDS[next(WORDS.length)]).join(' '),
  );
}

describe('the documents of a rerank request', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** What an object document was read as shows in its score: it equals that of the text. */
  async function expectSameScore(document: object, text: string, options: object = {}): Promise<void> {
    const { body } = await server.client.rerank(QUERY, [document, text], { ...options, raw_scores: true });
    const other = await server.client.logits(QUERY, [`${text} and something else`]);
    expect(body.scores[0]).toBeCloseTo(body.scores[1] ?? Number.NaN, 5);
    expect(body.scores[0]).not.toBeCloseTo(other[0] ?? Number.NaN, 5);
  }

  it('may be objects with a text', () =>
    expectSameScore({ text: 'Paris is the capital.', id: 12 }, 'Paris is the capital.'));

  it('are read by their rank_fields, in that order', () =>
    expectSameScore({ text: 'Berlin', title: 'The capital', body: 'of France' }, 'of France\nThe capital', {
      rank_fields: ['body', 'missing', 'title'],
    }));

  it('may be chat content of text parts', () =>
    expectSameScore(
      {
        content: [
          { type: 'text', text: 'The capital' },
          { type: 'text', text: 'of France' },
        ],
      },
      'The capital\nof France',
    ));

  it('may be any other object, read line by line', () =>
    expectSameScore({ city: 'Paris', country: 'France', note: null }, 'city: Paris\ncountry: France'));

  it('are refused by index when one is an image', async () => {
    const image = { content: [{ type: 'image_url', image_url: { url: 'http://localhost/x.png' } }] };
    const { status, body } = await server.client.post<ErrorAnswer>('/rerank', {
      query: QUERY,
      documents: ['a', image],
    });
    expect(status).toBe(400);
    expect(body.error_type).toBe('invalid_request');
    expect(body.message).toMatch(/documents\[1\].*image_url/);
  });

  it('may be empty: each still gets a score', async () => {
    const { body } = await server.client.rerank(QUERY, ['', 'Paris is the capital of France.', {}, ' ']);
    expect(body.scores.every((score) => Number.isFinite(score))).toBe(true);
    expect(body.results).toHaveLength(4);
    expect(body.results[0]?.index).toBe(1);
    expect(body.scores[0]).toBe(body.scores[2]);
  });

  it('are cut when they are too long, and the answer says so', async () => {
    const long = `The capital of France is Paris. ${'and more of it '.repeat(20_000)}`;
    const { body, headers } = await server.client.rerank(QUERY, [long, 'short']);
    const { max_input_length } = await server.client.info();
    expect(body.meta.truncated).toBe(true);
    expect(body.usage.total_tokens).toBeGreaterThan(max_input_length);
    expect(body.usage.total_tokens).toBeLessThan(2 * max_input_length);
    expect(Number(headers.get('x-compute-tokens'))).toBe(body.usage.total_tokens);
    expect(body.results[0]?.index).toBe(0);
    // What lies beyond the cut changes nothing.
    const same = await server.client.rerank(QUERY, [`${long} the end`]);
    expect(same.body.scores[0]).toBeCloseTo(body.scores[0] ?? Number.NaN, 5);
  });

  it('share the room with a query that is too long itself', async () => {
    const { status, body } = await server.client.rerank('capital of France '.repeat(5_000), [
      'Paris',
      'flour',
    ]);
    const { max_input_length } = await server.client.info();
    expect(status).toBe(200);
    expect(body.scores).toHaveLength(2);
    expect(body.usage.total_tokens).toBeLessThanOrEqual(2 * max_input_length);
  });

  it('get the same scores a thousand at a time and one by one', async () => {
    const texts = someTexts(1_000);
    const together = await server.client.logits(QUERY, texts);
    const alone: number[] = [];
    const remaining = texts.entries();
    const askInTurn = async (): Promise<void> => {
      for (const [index, text] of remaining)
        alone[index] = (await server.client.logits(QUERY, [text]))[0] ?? Number.NaN;
    };
    await Promise.all(Array.from({ length: 16 }, askInTurn));
    expect(new Set(alone.map((logit) => logit.toFixed(3))).size).toBeGreaterThan(50);
    expect(largestDifference(together, alone)).toBeLessThan(SAME_SCORE);
  });

  it('keep their places whatever order they come in', async () => {
    const texts = someTexts(300);
    const forward = await server.client.logits(QUERY, texts);
    const backward = await server.client.logits(QUERY, texts.toReversed());
    expect(largestDifference(forward, backward.toReversed())).toBeLessThan(SAME_SCORE);
  });
});
