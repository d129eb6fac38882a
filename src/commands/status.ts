import type { Clock } from '../platform/clock.ts';
import { CommandError } from './command-error.ts';
import { formatStatus } from './report/status-report.ts';
import type { ServerAddress } from './server/address.ts';
import { ServerClient } from './server/server-client.ts';
import { readServerState } from './server/server-state.ts';

/**
 * `rerankd status`: what a running server does.
 * @param options.json prints what the server answered, for programs
 * @returns what to print.
 * @throws CommandError when there is no server, or it does not tell.
 */
export async function status(
  address: ServerAddress,
  { json }: { readonly json: boolean },
  clock: Clock,
): Promise<string> {
  const client = new ServerClient(address, clock);
  // Of what is optional, an error is an answer too: 503 of a probe says why, 404 that a server is older.
  const answer = async (path: string): Promise<unknown> => (await client.request({ path })).body ?? null;
  const [info, models, health, readiness] = await Promise.all([
    client.ask({ path: '/info' }),
    answer('/models'),
    answer('/healthz'),
    answer('/readyz'),
  ]);
  if (typeof info !== 'object' || info === null) {
    throw new CommandError(
      `${address.url} answered GET /info with something else than the state of a rerankd`,
      'Is this its address? --url says where it is.',
    );
  }
  const raw = { info, models, health, readiness };
  if (json) return JSON.stringify(raw, null, 2);
  return formatStatus(readServerState(raw), { url: address.url, now: clock.date() });
}
