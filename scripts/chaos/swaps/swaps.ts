import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chaos, Experiment } from '../experiment.ts';
import { demand, type Finding, skipped, unsupported } from '../finding.ts';
import { KnownAnswers, learnModel } from '../load/known-answers.ts';
import { drawRequests } from '../load/requests.ts';
import { SteadyLoad } from '../load/steady-load.ts';
import { type Ability, abilitiesOf } from '../server/abilities.ts';
import { ChaosServer } from '../server/chaos-server.ts';
import { UpdateApi } from '../server/update-api.ts';
import { Swapper } from './swapper.ts';
import { type Course, UsageRecord } from './usage-record.ts';

const MODELS = ['local://demo', 'local://demo-next'] as const;

/** A part of the requests is answered out of it, the other part is computed: a score kept for the wrong model would show. */
const SCORE_CACHE_BYTES = 16_384;

const REQUESTS = 48;
const MOST_DOCUMENTS = 12;

/** Allocators and compilers settle over the first samples: a share of all, and never fewer than so many. */
const WARM_UP_SHARE = 0.1;
const WARM_UP_LEAST = 80;

/** With fewer samples after the warm-up growth can't be told from noise. */
const FEWEST_SAMPLES = 60;

/** Growth between the first tenth and the last that is no leak: a share, and what a few samples may differ by. */
const FLAT_SHARE = 0.05;
const FLAT_BYTES = 24 * 2 ** 20;
const FLAT_DESCRIPTORS = 8;

const GONE_WITHIN_MS = 5000;

export interface SwapsPlan {
  readonly swaps: number;
  readonly connections: number;
}

/** Swaps under constant load, in every way: no request fails, none is answered by a mixture, nothing grows. */
export function swapsExperiment(plan: SwapsPlan): Experiment {
  return async (chaos) => {
    await using server = await ChaosServer.start({
      stateDirectory: join(chaos.directory, 'state'),
      settings: { RERANK_SCORE_CACHE_BYTES: String(SCORE_CACHE_BYTES) },
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
    answers.requireDistinct();

    const load = new SteadyLoad({ url: client.url, requests, answers, connections: plan.connections });
    const swapper = new Swapper(api, abilities, [MODELS[1], MODELS[0]], chaos.random('steps'));
    const usage = new UsageRecord(server.pid);
    try {
      await swapUntilEnough(chaos, plan, api, swapper, usage);
    } finally {
      await load.finish();
    }
    const { tally } = load;
    const exit = await server.stop();
    const left = await goneWithin(server, GONE_WITHIN_MS);
    const { swaps, hold, beside, rollbacks, cancelled, cancelledTooLate, refused } = swapper.counts;
    return [
      ...noteLacking(abilities),
      demand(
        `${plan.swaps} swaps, in every way`,
        `${swaps} (${beside} beside, ${hold} hold, ${rollbacks} rollbacks), ${cancelled} cancelled, ` +
          `${cancelledTooLate} too late for it, ${refused} second ones refused`,
        [
          ...(swaps < plan.swaps ? [`only ${swaps} of ${plan.swaps} swaps in the time there was`] : []),
          ...swapper.faults,
        ],
      ),
      demand('0 requests failed, mixed, lost', tally.summary, tally.faults),
      ...flatness(usage),
      demand('no zombie, no process left', `${usage.zombies.length} zombies, ${left.length} left`, [
        ...usage.zombies.map((pid) => `process ${pid} was never waited for`),
        ...left.map((pid) => `process ${pid} outlived the server`),
        ...(exit.code === 0
          ? []
          : [`the server ended with ${exit.signal ?? exit.code}\n${server.log.tail()}`]),
      ]),
    ];
  };
}

async function swapUntilEnough(
  { say, msLeft, signal }: Chaos,
  plan: SwapsPlan,
  api: UpdateApi,
  swapper: Swapper,
  usage: UsageRecord,
): Promise<void> {
  while (swapper.counts.swaps < plan.swaps && msLeft() > 0) {
    signal.throwIfAborted();
    await swapper.step();
    // A model that stays on standby for another one's probation is no leak.
    if (!(await api.hasStandby())) await usage.sample();
    say(`${swapper.counts.swaps} of ${plan.swaps} swaps`);
  }
}

function noteLacking(abilities: ReadonlySet<Ability>): Finding[] {
  const note = (ability: Ability, asked: string): Finding[] =>
    abilities.has(ability) ? [] : [unsupported(asked, 'this server does not know it')];
  return [...note('hold', 'swaps with mode hold'), ...note('cancel', 'updates that are cancelled')];
}

function flatness(usage: UsageRecord): Finding[] {
  const warmUp = Math.max(WARM_UP_LEAST, Math.ceil(usage.samples * WARM_UP_SHARE));
  if (usage.samples < warmUp + FEWEST_SAMPLES) {
    return [
      skipped(
        'memory, processes and file descriptors flat',
        `takes at least ${warmUp + FEWEST_SAMPLES} steps`,
      ),
    ];
  }
  const memory = usage.course(warmUp, ({ ownBytes }) => ownBytes);
  const files = usage.course(warmUp, ({ fileDescriptors }) => fileDescriptors);
  const processes = usage.course(warmUp, (sample) => sample.processes);
  const allowed = Math.max(FLAT_BYTES, memory.first * FLAT_SHARE);
  return [
    demand(
      'memory flat',
      `${mib(memory.first)} → ${mib(memory.last)} MiB`,
      grown(memory, allowed, 'bytes'),
      usage.lines,
    ),
    demand('processes flat', `${processes.first} → ${processes.last}`, grown(processes, 0, 'processes')),
    demand(
      'file descriptors flat',
      `${files.first} → ${files.last}`,
      grown(files, FLAT_DESCRIPTORS, 'file descriptors'),
    ),
  ];
}

function grown({ first, last }: Course, allowed: number, what: string): string[] {
  return last - first <= allowed
    ? []
    : [`${last - first} more ${what}; up to ${Math.round(allowed)} are noise`];
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

async function goneWithin(server: ChaosServer, ms: number): Promise<number[]> {
  const giveUpAt = performance.now() + ms;
  for (;;) {
    const left = await server.helpers();
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await delay(50);
  }
}
