import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { documents, query } from './recorded/exchange.ts';
import { recordedClients } from './recorded/recorded-clients.ts';
import { ask, replay } from './recorded/replay.ts';
import { without } from './recorded/without.ts';

describe('a client that was recorded', () => {
  let server: ServiceUnderTest;
  let ranking: readonly number[];
  beforeAll(async () => {
    server = await startService({ RERANK_ENGINES: '1' });
    const { body } = await server.client.rerank(query, documents);
    ranking = body.results.map(({ index }) => index);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(recordedClients.map((it) => [it.client, it] as const))('%s is served', async (_, client) => {
    await expect(replay(client, server.client, ranking)).resolves.toBeUndefined();
  });

  const fragile = recordedClients.flatMap(({ client, exchanges }) =>
    exchanges.flatMap((exchange) =>
      (exchange.breaksWithout ?? []).map((part) => [client, exchange.path, part, exchange] as const),
    ),
  );

  // Otherwise the tests above would pass whatever the server said.
  it.each(fragile)('%s, %s, would fail without %s', async (_, _path, part, exchange) => {
    const answer = await ask(exchange, server.client);
    expect(exchange.needs?.safeParse(answer).error).toBeUndefined();
    const maimed = without(answer, part);
    expect(maimed, `the answer has no ${part}`).not.toEqual(answer);
    expect(exchange.needs?.safeParse(maimed).success).toBe(false);
  });
});
