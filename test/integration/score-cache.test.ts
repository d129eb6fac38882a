import { afterEach, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

let server: ServiceUnderTest | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

it('scores that were computed are not computed again, but for another model', async () => {
  server = await startService({ RERANK_SCORE_CACHE_BYTES: '1000000' });
  const { client } = server;
  const hits = () => client.metric('rerankd_score_cache_lookups_total\\{result="hit"\\}');
  const computed = () => client.metric('rerankd_batch_pairs_sum');
  const ask = () => client.post('/rerank', { query: QUERY, documents: DOCUMENTS });
  const scoresOf = async () => ((await ask()).body as { scores: number[] }).scores;

  const first = await scoresOf();
  const once = await computed();
  expect(await scoresOf()).toEqual(first);
  expect(await computed()).toBe(once);
  expect(await hits()).toBe(DOCUMENTS.length);

  await client.post('/update', { model_path: 'local://demo-next' });
  const next = await scoresOf();
  expect(next).not.toEqual(first);
  expect(await hits()).toBe(DOCUMENTS.length);

  await client.post('/rollback', {});
  expect(await scoresOf()).toEqual(first);
  expect(await hits()).toBe(2 * DOCUMENTS.length);
});
