import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { treeUsage } from '../server/tree-usage.ts';
import { UpdateApi } from '../server/update-api.ts';
import { type BadClients, leavers, neverRead, send, silent, slowLoris } from './bad-clients.ts';
import { Crowd } from './crowd.ts';
import { outlastExperiment } from './outlast.ts';

const MODELS = ['local://demo', 'local://demo-next'] as const;

const REQUESTS = 24;
const MOST_DOCUMENTS = 8;
const PAUSE_MS = 5;

/** Swaps that have to succeed while they come, and when they are there. */
const SWAPS = 4;

/** Closed sockets are noticed in a moment. */
const SETTLED_WITHIN_MS = 15_000;
const POLL_MS = 100;

export interface ClientsPlan {
  readonly connections: number;
  /** All there are, when left out. */
  readonly kinds?: readonly BadClients[];
  /** SWAPS, when left out. */
  readonly swapsMeanwhile?: number;
}

/** Clients that behave badly, while the model changes: those that behave well notice nothing. */
export function clientsExperiment(plan: ClientsPlan): Experiment {
  return async (chaos) => [
    ...(await crowdsExperiment(plan)(chaos)),
    ...(await outlastExperiment(plan)(chaos)),
  ];
}

/** The same, without requests that outlast their model. */
export function crowdsExperiment(plan: ClientsPlan): Experiment {
  return (chaos) => crowds(chaos, plan);
}

async function crowds(chaos: Chaos, plan: ClientsPlan): Promise<Finding[]> {
  await using server = await ChaosServer.start({
    stateDirectory: join(chaos.directory, 'state'),
    signal: chaos.signal,
  });
  const { client } = server;
  const api = new UpdateApi(client);
  const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
  const answers = new KnownAnswers();
  for (const model of MODELS.toReversed()) {
    await api.update(model, { probation: false });
    answers.add(await learnModel(client, requests));
  }
  const { swapsMeanwhile: swaps = SWAPS } = plan;
  const findings: Finding[] = [];
  for (const kind of plan.kinds ?? [neverRead, slowLoris, leavers, silent]) {
    chaos.say(`${kind.count} clients that ${kind.what}`);
    const before = (await treeUsage(server.pid)).fileDescriptors;
    const load = new SteadyLoad({
      url: client.url,
      requests,
      answers,
      connections: plan.connections,
      pauseMs: PAUSE_MS,
    });
    const faults: string[] = [];
    let figure = '';
    {
      using crowd = new Crowd(client.url);
      const arriving = send(crowd, kind, chaos.random(kind.what), chaos.signal);
      faults.push(...(await swap(api, MODELS, swaps, chaos.signal)));
      const { opened, allowed } = await arriving;
      faults.push(...(await swap(api, MODELS, swaps, chaos.signal)));
      await load.more(50, chaos.signal);
      if (opened < allowed) faults.push(`only ${opened} of ${allowed} could connect`);
      const enough = allowed < kind.count ? ` (file descriptors allow no more than ${allowed})` : '';
      figure = `${opened.toLocaleString('en')} clients${enough}, ${crowd.open.toLocaleString('en')} still connected`;
    }
    const { summary, faults: failures, longestMs } = await load.finish();
    const left = await descriptorsLeft(server, before);
    if (left > 0) faults.push(`${left} file descriptors more than before, after they had gone`);
    const text = `${figure}; ${2 * swaps} swaps; others: ${summary}, ${Math.round(longestMs)} ms at most`;
    findings.push(demand(`clients that ${kind.what}: no other notices`, text, [...faults, ...failures]));
  }
  return findings;
}

/** @returns what went wrong. */
async function swap(
  api: UpdateApi,
  models: readonly [string, string],
  times: number,
  signal: AbortSignal,
): Promise<string[]> {
  const faults: string[] = [];
  for (let turn = 0; turn < times; turn++) {
    signal.throwIfAborted();
    const target = (await api.current()) === models[0] ? models[1] : models[0];
    const { status, body } = await api.update(target, { probation: false });
    if (status !== 200) faults.push(`an update meanwhile: ${status} ${JSON.stringify(body)}`);
  }
  return faults;
}

/** How many more there are than before, once they no longer become fewer. */
async function descriptorsLeft(server: ChaosServer, before: number): Promise<number> {
  // Keep-alive connections of the load and of this process come and go.
  const noise = 24;
  const giveUpAt = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const more = (await treeUsage(server.pid)).fileDescriptors - before;
    if (more <= noise) return 0;
    if (performance.now() > giveUpAt) return more;
    await delay(POLL_MS);
  }
}
