import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../../test/support/client.ts';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { type Ability, abilitiesOf } from '../server/abilities.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { UpdateApi } from '../server/update-api.ts';
import { findVictim, helpersOf, type Victim, victims } from './victims.ts';

const MODELS = ['local://demo', 'local://demo-next'] as const;

const ENGINES = 2;
const REQUESTS = 24;
const MOST_DOCUMENTS = 8;
const PAUSE_MS = 2;

/** A phase of less than a millisecond is easily missed. */
const ATTEMPTS = 3;

const WHOLE_WITHIN_MS = 30_000;
const POLL_MS = 20;

export interface EnginesPlan {
  readonly connections: number;
  /** All there are, when left out. */
  readonly phases?: readonly string[];
}

interface Rig {
  readonly server: ChaosServer;
  readonly client: Client;
  readonly api: UpdateApi;
  /** Kills that hit: `mode, phase, victim`. */
  readonly hits: Set<string>;
  readonly faults: string[];
}

/** Kills an engine or a tokenizer in every phase of an update under load: no request fails. */
export function enginesExperiment(plan: EnginesPlan): Experiment {
  return async (chaos) => {
    await using server = await ChaosServer.start({
      stateDirectory: join(chaos.directory, 'state'),
      settings: { RERANK_ENGINES: String(ENGINES) },
      signal: chaos.signal,
    });
    const { client } = server;
    const abilities = await abilitiesOf(client);
    const api = new UpdateApi(client);
    const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
    const answers = new KnownAnswers();
    answers.add(await learnModel(client, requests));
    await api.update(MODELS[1], { probation: false });
    answers.add(await learnModel(client, requests));
    const load = new SteadyLoad({
      url: client.url,
      requests,
      answers,
      connections: plan.connections,
      pauseMs: PAUSE_MS,
    });
    const rig: Rig = { server, client, api, hits: new Set(), faults: [] };
    const missed: string[] = [];
    try {
      for (const mode of modesOf(abilities)) missed.push(...(await killInEveryPhase(chaos, rig, plan, mode)));
    } finally {
      await load.finish();
    }
    return [
      ...judge(rig, missed),
      demand('0 requests failed meanwhile', load.tally.summary, load.tally.faults),
    ];
  };
}

function modesOf(abilities: ReadonlySet<Ability>): string[] {
  return abilities.has('hold') ? ['beside', 'hold'] : ['beside'];
}

function judge({ hits, faults }: Rig, missed: readonly string[]): Finding[] {
  const phases = new Set([...hits].map((hit) => hit.split(', ').slice(0, 2).join(', ')));
  return [
    demand(
      'an engine or a tokenizer killed in every phase: the update ends as it should, all engines come back',
      `${hits.size} kinds of kills in ${phases.size} phases; ${missed.length} had nobody to kill, or were over in a moment`,
      faults,
      [...hits, ...missed.map((what) => `not hit: ${what}`)],
    ),
  ];
}

/** @returns what could not be hit. */
async function killInEveryPhase(chaos: Chaos, rig: Rig, plan: EnginesPlan, mode: string): Promise<string[]> {
  const calm = await rig.api.update(await otherModel(rig), { mode, probation: false });
  const phases = (calm.body.operation?.phases ?? []).map(({ phase }) => phase);
  const missed: string[] = [];
  for (const phase of plan.phases ?? phases) {
    for (const victim of victims) {
      if (chaos.msLeft() === 0) return [...missed, 'the rest: there was no time left'];
      chaos.say(`${mode}: ${victim} in ${phase}`);
      if (!(await killIn(chaos, rig, mode, phase, victim))) missed.push(`${mode}, ${phase}, ${victim}`);
    }
  }
  return missed;
}

async function killIn(chaos: Chaos, rig: Rig, mode: string, phase: string, victim: Victim): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const target = await otherModel(rig);
    const before = await helpersOf(rig.server.pid);
    const { id } = await rig.api.begin(target, { mode, probation: false });
    const hit = await strikeIn(chaos, rig, id, phase, victim, before);
    if (hit !== undefined) rig.hits.add(`${mode}, ${hit}, ${victim}`);
    await checkOutcome(rig, id, target, victim, `${mode}, ${phase}, ${victim}`);
    await untilWhole(rig, `${mode}, ${phase}, ${victim}`);
    if (hit === phase) return true;
    // Nobody was there: there will be nobody the next time.
    if (hit === undefined) return false;
  }
  return false;
}

/** @returns the phase in which the signal was sent; undefined when there was nobody to send it to. */
async function strikeIn(
  { signal }: Chaos,
  { api, server }: Rig,
  id: string,
  phase: string,
  victim: Victim,
  before: Awaited<ReturnType<typeof helpersOf>>,
): Promise<string | undefined> {
  for (;;) {
    signal.throwIfAborted();
    const report = await api.report(id);
    if (report.status !== 'running') return undefined;
    const isThere = report.phase === phase || report.phases.some((over) => over.phase === phase);
    if (!isThere) continue;
    const pid = findVictim(victim, before, await helpersOf(server.pid));
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      return (await api.report(id)).phase;
    }
    if (report.phase !== phase) return undefined;
  }
}

/** A process of the new model may be missed by its update; one of the old model may not. */
async function checkOutcome(
  rig: Rig,
  id: string,
  target: string,
  victim: Victim,
  about: string,
): Promise<void> {
  const { status, error } = await rig.api.settled(id);
  const serves = await rig.api.current();
  const failedForIt =
    status === 'failed' && victim.startsWith('new') && /process|ended|engine|tokenizer/.test(error ?? '');
  if (status !== 'succeeded' && !failedForIt) rig.faults.push(`${about}: the update ${status}: ${error}`);
  if ((status === 'succeeded') !== (serves === target))
    rig.faults.push(`${about}: it ${status}, and ${serves} serves`);
}

async function untilWhole({ client, faults }: Rig, about: string): Promise<void> {
  const giveUpAt = performance.now() + WHOLE_WITHIN_MS;
  while ((await client.info()).engines.ready !== ENGINES) {
    if (performance.now() > giveUpAt) {
      faults.push(`${about}: the engines were not whole again within ${WHOLE_WITHIN_MS / 1000} s`);
      return;
    }
    await delay(POLL_MS);
  }
}

async function otherModel({ api }: Rig): Promise<string> {
  return (await api.current()) === MODELS[0] ? MODELS[1] : MODELS[0];
}
