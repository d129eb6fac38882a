import { join } from 'node:path';
import type { Answer } from '../../../test/support/client.ts';
import { MemoryCgroup, whyNoMemoryCgroup } from '../../../test/support/memory-cgroup.ts';
import type { Wrapper } from '../../../test/support/server-child.ts';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding, skipped, unsupported } from '../finding.ts';
import { KnownAnswers, type LoadRequest, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { abilitiesOf } from '../server/abilities.ts';
import { ChaosServer, environmentOf } from '../server/chaos-server.ts';
import { type Operation, type UpdateAnswer, UpdateApi } from '../server/update-api.ts';
import { bareStartMs } from './bare-start.ts';
import { type CheckpointSize, forgetPages, ONE, prepareCheckpoints, TWO } from './checkpoints.ts';
import { serverMemory } from './model-memory.ts';

/** So many models have room beside the HTTP process. */
const MODELS_THAT_FIT = 1.3;

/** The window may be so many times as long as the start of the engines alone. */
const WINDOW_LIMIT = 1.5;

/** A client waits so long for its answer. */
const PATIENCE_MS = 10_000;

const REQUESTS = 12;
const MOST_DOCUMENTS = 2;
const CONNECTIONS = 3;
const PAUSE_MS = 50;

const ASKED = 'two models don’t fit: the update holds requests back, and all of them are answered';

export interface HoldPlan {
  readonly size: CheckpointSize;
}

/** Changes the model where the memory fits 1.3 of them. */
export function holdExperiment({ size }: HoldPlan): Experiment {
  return async (chaos) => {
    const noCgroup = await whyNoMemoryCgroup();
    if (noCgroup !== undefined) return [skipped(ASKED, `takes a memory cgroup: ${noCgroup}`)];
    const settings = {
      RERANK_MODELS_DIR: join(chaos.directory, 'models'),
      RERANK_MODEL: ONE,
      RERANK_DTYPE: 'int8',
      RERANK_ENGINES: '1',
      RERANK_THREADS: '2',
    };
    if (!(await knowsHold(chaos))) return [unsupported(ASKED, 'this server does not know mode hold')];
    await prepareCheckpoints(chaos, size, settings);
    const known = await learn(chaos, settings);
    const limitBytes = Math.ceil(known.mainBytes + MODELS_THAT_FIT * known.modelBytes);
    const bareMs = await bareStartMs(
      environmentOf(join(chaos.directory, 'state'), settings),
      TWO,
      chaos.signal,
    );
    await forgetPages(join(chaos.directory, 'state'));
    return await changeUnderLimit(chaos, settings, { ...known, limitBytes, bareMs });
  };
}

type Settings = Readonly<Record<string, string>>;

interface Known {
  readonly requests: readonly LoadRequest[];
  readonly answers: KnownAnswers;
  readonly mainBytes: number;
  readonly modelBytes: number;
}

async function knowsHold(chaos: Chaos): Promise<boolean> {
  await using server = await ChaosServer.start({
    stateDirectory: join(chaos.directory, 'abilities'),
    signal: chaos.signal,
  });
  return (await abilitiesOf(server.client)).has('hold');
}

/** Asks both models for their answers, without a limit, and looks what one of them takes. The second one serves in the end. */
async function learn(chaos: Chaos, settings: Settings): Promise<Known> {
  chaos.say('learning what is right, and how much memory a model takes');
  const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
  const answers = new KnownAnswers();
  await using server = await launch(chaos, settings);
  answers.add(await learnModel(server.client, requests));
  const memory = await serverMemory(server.pid);
  const { status, body } = await new UpdateApi(server.client).update(TWO, {
    mode: 'beside',
    probation: false,
  });
  if (status !== 200) throw new Error(`the update without a limit: ${status} ${JSON.stringify(body)}`);
  answers.add(await learnModel(server.client, requests));
  answers.requireDistinct();
  await server.stop();
  return { requests, answers, ...memory };
}

function launch(chaos: Chaos, settings: Settings, wrapper?: Wrapper) {
  const stateDirectory = join(chaos.directory, 'state');
  return ChaosServer.start({ stateDirectory, settings, wrapper, signal: chaos.signal });
}

async function changeUnderLimit(
  chaos: Chaos,
  settings: Settings,
  {
    requests,
    answers,
    modelBytes,
    limitBytes,
    bareMs,
  }: Known & { readonly limitBytes: number; readonly bareMs: number },
): Promise<Finding[]> {
  chaos.say(`changing models in ${mib(limitBytes)} MiB`);
  await using cgroup = await MemoryCgroup.create(limitBytes);
  await using server = await launch(chaos, settings, cgroup.inside.bind(cgroup));
  const { client } = server;
  const api = new UpdateApi(client);
  const load = new SteadyLoad({
    url: client.url,
    requests,
    answers,
    connections: CONNECTIONS,
    pauseMs: PAUSE_MS,
    patienceMs: PATIENCE_MS,
  });
  await load.more(20, chaos.signal);
  const faults: string[] = [];
  const updates: Operation[] = [];
  for (const [model, mode] of [
    [ONE, 'hold'],
    [TWO, 'auto'],
  ] as const) {
    const answer = await api.update(model, { mode, probation: false });
    faults.push(...faultsOf(answer, mode));
    if (answer.body.operation !== undefined) updates.push(answer.body.operation);
    await load.more(20, chaos.signal);
  }
  const { summary, faults: failures, longestMs } = await load.finish();
  const peak = await cgroup.peakBytes();
  const kills = await cgroup.oomKills();
  const windows = updates.map(windowMs);
  const widest = Math.max(...windows);
  return [
    demand(
      ASKED,
      `limit ${mib(limitBytes)} MiB (a model takes ${mib(modelBytes)}); ${summary}, the longest took ${Math.round(longestMs)} ms`,
      [...faults, ...failures],
      updates.map((update) => JSON.stringify(update)),
    ),
    demand('peak ≤ limit, nobody killed for memory', `peak ${mib(peak)} MiB, ${kills} killed`, [
      ...(peak <= limitBytes ? [] : [`${peak} bytes`]),
      ...(kills === 0 ? [] : [`${kills} processes were killed`]),
    ]),
    demand(
      `window ≤ ${WINDOW_LIMIT} × the bare start of the engines`,
      `${windows.map((ms) => Math.round(ms)).join(' and ')} ms; bare start ${Math.round(bareMs)} ms`,
      widest <= WINDOW_LIMIT * bareMs ? [] : [`${(widest / bareMs).toFixed(2)} ×`],
    ),
  ];
}

function faultsOf({ status, body }: Answer<UpdateAnswer>, mode: string): string[] {
  if (status !== 200) return [`mode ${mode}: ${status} ${JSON.stringify(body)}`];
  const chosen = body.operation?.mode;
  return chosen?.chosen === 'hold' ? [] : [`mode ${mode}: ${JSON.stringify(chosen)} was chosen`];
}

/** How long no request could begin, without the wait for those that were under way. */
function windowMs({ lock_held_ms, phases }: Operation): number {
  const drainMs = phases.filter(({ phase }) => phase === 'drain').reduce((sum, { ms }) => sum + ms, 0);
  return (lock_held_ms ?? Number.NaN) - drainMs;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
