import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

describe('odd but valid input', () => {
  let server: ServiceUnderTest;
  let before: readonly number[];
  beforeAll(async () => {
    server = await startService({ RERANK_MAX_BODY_BYTES: String(32 * 2 ** 20) });
    before = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Beside odd documents the usual ones get their usual scores. */
  async function expectHarmless(documents: readonly unknown[], options: object = {}): Promise<Reranked> {
    const all = [...DOCUMENTS, ...documents];
    const { body } = await server.client.rerank(QUERY, all, { ...options, raw_scores: true });
    expect(largestDifference(body.scores.slice(0, DOCUMENTS.length), before)).toBeLessThan(SAME_SCORE);
    expect(body.scores.every((score) => Number.isFinite(score))).toBe(true);
    expect(body.results.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([...all.keys()]);
    return body;
  }

  it('may hold halves of surrogate pairs', async () => {
    const documents = [
      '\ud800',
      'Paris \udc00 capital',
      '\udc00\ud800',
      `${'x'.repeat(8_447)}😀${'y'.repeat(9_000)}`,
    ];
    const body = await expectHarmless(documents, { return_documents: true });
    const returned = body.data.find(({ index }) => index === DOCUMENTS.length);
    expect(returned?.document).toBe('\ud800');
    expect((await server.client.rerank('\ud83d', DOCUMENTS)).body.scores).toHaveLength(DOCUMENTS.length);
  });

  it('may hold NUL and other control characters', async () => {
    await expectHarmless(['\0', 'Paris\0is\0the\0capital', '\u0001\u001f\u007f\u0085\u2028\ufeff\uffff']);
    expect((await server.client.rerank('\0', DOCUMENTS)).body.scores).toHaveLength(DOCUMENTS.length);
  });

  it('may be in any script', async () => {
    await expectHarmless(['عاصمة فرنسا', 'フランスの首都', 'ฝรั่งเศส', '🇫🇷🗼', 'Z̸̢̛a̷l̴g̵o', '\u202eesrever']);
  });

  it('may be a document of ten megabytes, one word or many', async () => {
    const body = await expectHarmless(['word '.repeat(2_000_000), 'a'.repeat(1_000_000)]);
    expect(body.meta.truncated).toBe(true);
  });

  it('may be bytes that are not UTF-8', async () => {
    const [head, tail] = JSON.stringify({
      query: QUERY,
      documents: [...DOCUMENTS, 'x|x'],
      raw_scores: true,
    }).split('|');
    const bytes = Buffer.concat([
      Buffer.from(head ?? ''),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
      Buffer.from(tail ?? ''),
    ]);
    const answer = await server.client.send<Reranked>('POST', '/rerank', {
      body: bytes,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(largestDifference(answer.body.scores.slice(0, DOCUMENTS.length), before)).toBeLessThan(SAME_SCORE);
  });

  it('may start with a byte order mark', async () => {
    const answer = await server.client.send<Reranked>('POST', '/rerank', {
      body: `\ufeff${JSON.stringify({ query: QUERY, documents: DOCUMENTS, raw_scores: true })}`,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect(answer.status).toBe(200);
    expect(largestDifference(answer.body.scores, before)).toBeLessThan(SAME_SCORE);
  });

  it('may have keys that mean something in JavaScript', async () => {
    const document = JSON.parse(
      '{"__proto__": {"text": "x"}, "constructor": "y", "toString": "z"}',
    ) as object;
    const body = await expectHarmless([document], { return_documents: true });
    expect(Object.hasOwn(Object.prototype, 'text')).toBe(false);
    expect(body.results).toHaveLength(DOCUMENTS.length + 1);
  });

  it('may be nested deeply', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(2_000)}"x"${'}'.repeat(2_000)}`) as object;
    await expectHarmless([deep]);
  });

  it('may ask for the same document a thousand times', async () => {
    const body = await expectHarmless(Array.from({ length: 1_000 }, () => DOCUMENTS[1]));
    const scores = body.scores.slice(DOCUMENTS.length);
    expect(Math.max(...scores) - Math.min(...scores)).toBeLessThan(SAME_SCORE);
  });
});
