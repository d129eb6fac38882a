import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../../test/support/client.ts';
import { cardSettings } from '../../../test/support/service-on-card.ts';
import { type FaultKind, findStubCard, StubCard } from '../../../test/support/stub-card/stub-card.ts';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding, skipped } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { ChaosServer } from '../server/chaos-server.ts';

const REQUESTS = 24;
const MOST_DOCUMENTS = 48;
const PAUSE_MS = 2;
const POLL_MS = 10;

/** A broken card that nobody notices, or that does not come back: neither may end the run. */
const LONGEST_WAIT_MS = 30_000;

const SPLITS = 'rerankd_batch_splits_total';
const RETRIES = 'rerankd_batch_retries_total';
const RESTARTS = 'rerankd_engine_restarts_total';

/** CUDA's error for it. */
const OUT_OF_MEMORY = 2;

/** What breaks an engine. */
const FAULTS: readonly (readonly [call: FaultKind, error: number])[] = [
  ['launch', 719],
  ['launch', 700],
  ['memcpy', 214],
  ['sync', 999],
];

const ASKED =
  'a GPU that runs out of memory, faults, and stays away: no request fails but for a card that is gone';

export interface GpuPlan {
  readonly connections: number;
  /** Each is every kind of fault once. */
  readonly rounds: number;
}

interface Rig {
  readonly client: Client;
  readonly card: StubCard;
  readonly faults: string[];
}

/** Breaks a stub card in every way under load, again and again; then for a while. */
export function gpuExperiment({ connections, rounds }: GpuPlan): Experiment {
  return async (chaos) => {
    const { library, missing } = await findStubCard();
    if (missing !== undefined) return [skipped(ASKED, missing)];
    const directory = join(chaos.directory, 'card');
    await mkdir(directory, { recursive: true });
    const card = await StubCard.makeIn(directory, library);
    await using server = await ChaosServer.start({
      stateDirectory: join(chaos.directory, 'state'),
      settings: { ...cardSettings, ...card.env },
      signal: chaos.signal,
    });
    const { client } = server;
    const rig: Rig = { client, card, faults: [] };
    const requests = drawRequests(REQUESTS, MOST_DOCUMENTS, chaos.random('requests'));
    const answers = new KnownAnswers();
    answers.add(await learnModel(client, requests));
    const load = new SteadyLoad({ url: client.url, requests, answers, connections, pauseMs: PAUSE_MS });
    let broken = 0;
    try {
      await takeMemory(chaos, rig, load);
      for (let round = 0; round < rounds && chaos.msLeft() > 0; round++) {
        for (const fault of FAULTS) {
          await breakFor(chaos, rig, load, fault);
          broken++;
        }
      }
    } finally {
      await load.finish();
    }
    const splits = await client.metric(SPLITS);
    return [
      demand(
        'a GPU that runs out of memory or faults under load: 0 requests fail',
        `${broken} faults, ${splits} batches split: ${load.tally.summary}`,
        [...load.tally.faults, ...rig.faults],
      ),
      await stayAway(chaos, { ...rig, faults: [] }),
    ];
  };
}

/** On an engine that was started again: the first one has the memory of the largest batch since its warm-up. */
async function takeMemory(chaos: Chaos, { client, card, faults }: Rig, load: SteadyLoad): Promise<void> {
  chaos.say('no memory is left');
  for (const pid of (await client.info()).engines.processes) process.kill(pid, 'SIGKILL');
  const isBack = async (): Promise<boolean> =>
    (await client.metric(RESTARTS)) === 1 && (await client.info()).engines.ready === 1;
  if (!(await within(chaos, isBack))) faults.push('an engine that was killed did not come back');
  const ranAgain = async () => (await client.metric(SPLITS)) + (await client.metric(RETRIES));
  const before = await ranAgain();
  await card.breakDown('malloc', OUT_OF_MEMORY);
  await load.more(2 * REQUESTS, chaos.signal);
  await card.repair('malloc');
  // Batches that have their memory already don't ask for more: one is told that there is none.
  await card.breakDown('launch', OUT_OF_MEMORY, true);
  await load.more(REQUESTS, chaos.signal);
  await card.repair('launch');
  if ((await ranAgain()) === before) faults.push('no batch ran again for a lack of memory');
}

async function breakFor(
  chaos: Chaos,
  { client, card, faults }: Rig,
  load: SteadyLoad,
  [call, error]: (typeof FAULTS)[number],
): Promise<void> {
  const about = `${call} fails with ${error}`;
  chaos.say(about);
  const before = await client.metric(RESTARTS);
  await card.breakDown(call, error);
  if (!(await within(chaos, async () => (await client.metric(RESTARTS)) > before)))
    faults.push(`${about}: no engine was started again`);
  await card.repair(call);
  const isBack = await within(chaos, async () => (await client.info()).engines.ready === 1);
  if (!isBack) faults.push(`${about}: the engine did not come back`);
  else await load.more(REQUESTS, chaos.signal);
}

/** Without a card, the server says why it can't serve; it does so again when there is one. */
async function stayAway(chaos: Chaos, { client, card, faults }: Rig): Promise<Finding> {
  chaos.say('the card stays away');
  await card.breakDown('device', 214);
  const ask = () => client.post('/rerank', { query: 'a', documents: ['b'] });
  const refused = await within(chaos, async () => (await ask()).status === 503);
  if (!refused) faults.push('requests were not refused');
  const { status, body } = await client.get<{ reason?: string }>('/readyz');
  if (status !== 503 || body.reason?.includes('CUDA failure 214') !== true)
    faults.push(`GET /readyz answered ${status}: ${body.reason}`);
  await card.repair('device');
  const startedAt = performance.now();
  const isBack = await within(chaos, async () => (await ask()).status === 200);
  if (!isBack) faults.push('it did not serve again');
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  return demand(
    'a card that stays away: 503 with the reason, and 200 when it is back',
    `"${body.reason}"; served again after ${seconds} s`,
    faults,
  );
}

async function within({ signal }: Chaos, isSo: () => Promise<boolean>): Promise<boolean> {
  const giveUpAt = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < giveUpAt) {
    if (await isSo()) return true;
    await delay(POLL_MS, undefined, { signal });
  }
  return false;
}
