import { estimateTokens } from '../../src/rerank/admission.ts';
import type { Client } from './client.ts';
import { until } from './until.ts';

/** Resolves when no request is inside any more. */
export async function untilIdle(client: Client): Promise<void> {
  await until('nothing is in flight', async () => (await client.metric('rerankd_admitted_tokens')) === 0);
}

/** Resolves when so many equal requests are inside, wherever in the server they are. */
export async function untilAdmitted(
  client: Client,
  query: string,
  documents: readonly string[],
  requests: number,
): Promise<void> {
  const tokens = estimateTokens(query, documents, (await client.info()).max_input_length) * requests;
  await until(
    `${requests} requests are inside`,
    async () => (await client.metric('rerankd_admitted_tokens')) >= tokens,
  );
}
