import { expect, it } from 'vitest';
import { boundedLabel } from '../../src/platform/metrics/bounded-label.ts';
import { startService } from '../support/running-service.ts';
import { readScrape } from '../support/scrape.ts';

it('grows no series by what strangers send', async () => {
  await using service = await startService();
  const { client } = service;
  const strange = async (round: number): Promise<void> => {
    const word = `word${round}`;
    await client.get(`/${word}`);
    await client.get(`/update/${word}`);
    await client.post(`/rerank?${word}=1`, { query: word, documents: [word], model: word });
    await client.post('/rerank', { query: word, documents: [] }, { 'x-request-id': word, 'x-api-key': word });
    await client.post('/update', { model_path: `local://${word}` });
    await client.post('/update', { model_path: `/nowhere/${word}`, mode: word });
    for (const method of ['PROPFIND', 'REPORT', 'MKCOL']) await client.send(method, `/${word}`);
  };
  const series = async (): Promise<string[]> =>
    readScrape((await client.get<string>('/metrics')).body)
      .samples.filter(({ name }) => name.startsWith('rerankd_'))
      .map(({ name, labels }) => `${name}${JSON.stringify(labels)}`);
  await strange(0);
  // A scrape counts itself only in the next one.
  await series();
  const before = await series();
  for (let round = 1; round < 12; round++) await strange(round);
  expect(await series()).toEqual(before);
  expect(before.join('\n')).not.toContain('word');
  expect(before.join('\n')).not.toContain('PROPFIND');
});

it('calls everything beyond the bound of a label the same', () => {
  const label = boundedLabel(2);
  expect(['a', 'b', 'c', 'a', 'd', 'b'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other', 'b']);
});
