import assert from 'node:assert/strict';
import type { Client } from '../../support/client.ts';
import type { Exchange, RecordedClient } from './exchange.ts';

/**
 * Sends what the client sends, and reads the answers as it does.
 * @param ranking indexes of the documents, best first
 * @throws Error that says what the client stumbles over.
 */
export async function replay(
  { exchanges }: RecordedClient,
  server: Client,
  ranking: readonly number[],
): Promise<void> {
  for (const exchange of exchanges) {
    // oxlint-disable-next-line no-await-in-loop -- as the client does, one after the other
    const answer = await ask(exchange, server);
    if (exchange.needs === undefined) continue;
    const { error } = exchange.needs.safeParse(answer);
    assert.equal(error, undefined, `${exchange.method} ${exchange.path}: ${error?.message}`);
    const order = exchange.order?.(answer as never) ?? [];
    assert.deepEqual(order, ranking.slice(0, order.length), `${exchange.path} ranks differently`);
  }
}

/** @throws Error for another status than the one that the client waits for. */
export async function ask(
  { method, path, headers, body, status = 200 }: Exchange,
  server: Client,
): Promise<unknown> {
  const answer = await server.send(method, path, {
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const said = JSON.stringify(answer.body);
  assert.equal(answer.status, status, `${method} ${path} got ${answer.status}: ${said}`);
  return answer.body;
}
