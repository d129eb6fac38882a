import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedModels } from '../../../test/support/directories.ts';
import { ENDLESS_BYTES, ENDLESS_DOCUMENT, slowGraph } from '../../../test/support/slow-graph.ts';
import { writeModelDirectory } from '../../../test/support/test-models.ts';
import type { Experiment } from '../experiment.ts';
import { demand } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { treeUsage } from '../server/tree-usage.ts';
import { UpdateApi } from '../server/update-api.ts';

const REQUESTS = 24;
const MOST_DOCUMENTS = 6;
const PAUSE_MS = 5;

/** How long a request may take, and so long the drain waits for one, and a little longer. */
const REQUEST_TIMEOUT_MS = 12_000;

/** How long an engine may take over a batch: those that wait behind the endless one have to be done in time nevertheless. */
const ENGINE_TIMEOUT_MS = 3000;

const DRAIN_SLACK_MS = 5000;

/** What everything else of an update may take. */
const UPDATE_MS = 10_000;

const POLL_MS = 10;

/** A request that an engine would work at for ever, when its model is swapped out. */
export function outlastExperiment(plan: { readonly connections: number }): Experiment {
  return async (chaos) => {
    const modelsDirectory = join(chaos.directory, 'models');
    await writeModelDirectory(join(modelsDirectory, 'slow'), await slowGraph());
    await cp(join(embeddedModels, 'demo'), join(modelsDirectory, 'demo'), { recursive: true });
    await using server = await ChaosServer.start({
      stateDirectory: join(chaos.directory, 'state-outlast'),
      settings: {
        RERANK_MODELS_DIR: modelsDirectory,
        RERANK_MODEL: 'local://demo',
        RERANK_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
        RERANK_ENGINE_TIMEOUT_MS: String(ENGINE_TIMEOUT_MS),
      },
      signal: chaos.signal,
    });
    const { client } = server;
    const api = new UpdateApi(client);
    const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
    const answers = new KnownAnswers();
    answers.add(await learnModel(client, requests));
    await api.update('local://slow', { probation: false });
    answers.add(await learnModel(client, requests));
    const helpers = (await server.helpers()).length;

    chaos.say('a request that outlasts its model');
    const load = new SteadyLoad({
      url: client.url,
      requests,
      answers,
      connections: plan.connections,
      pauseMs: PAUSE_MS,
    });
    const endless = client.post('/rerank', { query: 'ship', documents: [ENDLESS_DOCUMENT] });
    while ((await treeUsage(server.pid)).ownBytes < ENDLESS_BYTES)
      await delay(POLL_MS, undefined, { signal: chaos.signal });
    const startedAt = performance.now();
    const update = await api.update('local://demo', { probation: false });
    const tookMs = performance.now() - startedAt;
    const { status } = await endless;
    const { summary, faults } = await load.finish();
    const left = (await server.helpers()).length;
    const limitMs = REQUEST_TIMEOUT_MS + DRAIN_SLACK_MS + UPDATE_MS;
    return [
      demand(
        'a request that outlasts the drain holds up neither the update nor the others',
        `it got ${status}; the update took ${(tookMs / 1000).toFixed(1)} s of ${limitMs / 1000}; others: ${summary}`,
        [
          ...(update.status === 200 ? [] : [`the update: ${update.status} ${JSON.stringify(update.body)}`]),
          ...(status === 504 || status === 500 ? [] : [`the endless request got ${status}`]),
          ...(tookMs <= limitMs ? [] : [`the update took ${tookMs} ms`]),
          ...(left <= helpers ? [] : [`${left} processes, ${helpers} before`]),
          ...faults,
        ],
      ),
    ];
  };
}
