import type { Client } from './client.ts';
import { until } from './until.ts';

/** Resolves when no request is inside any more. */
export async function untilIdle(client: Client): Promise<void> {
  await until('nothing is in flight', async () => (await client.metric('rerankd_admitted_requests')) === 0);
}

/** Resolves when so many requests are inside, wherever in the server they are. */
export async function untilAdmitted(client: Client, requests: number): Promise<void> {
  await until(
    `${requests} requests are inside`,
    async () => (await client.metric('rerankd_admitted_requests')) >= requests,
  );
}
