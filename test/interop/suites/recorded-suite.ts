import { recordedClients } from '../../clients/recorded/recorded-clients.ts';
import { replay } from '../../clients/recorded/replay.ts';
import { Client } from '../../support/client.ts';
import type { Suite } from './suite.ts';

/** Requests of clients that are no package: nothing to install. test/clients/recorded.test.ts replays them too. */
export const recordedSuite: Suite = {
  name: 'recorded requests',
  install: async () => undefined,
  run: async ({ openUrl, ranking }) => {
    const order = ranking.map(({ index }) => index);
    const server = new Client(openUrl);
    return await Promise.all(
      recordedClients.map(async (recorded) => {
        const { client, dialect } = recorded;
        const problem = await replay(recorded, server, order).then(
          () => undefined,
          (error: unknown) => String(error),
        );
        return { client, version: 'recorded', dialect, passed: problem === undefined, problem };
      }),
    );
  },
};
