import { setTimeout as delay } from 'node:timers/promises';
import { cardDtype } from '../card/card-state.ts';
import { readUsedCardBytes } from '../card/machine/nvidia-smi.ts';
import type { RunningServer } from '../server/start-server.ts';
import { killEngines } from './kills.ts';
import { learnAnswers } from './learn-answers.ts';
import { CARD_SCORE_TOLERANCE, CPU_SCORE_TOLERANCE } from './load/check-answer.ts';
import { Observation, type Observed } from './observation.ts';
import type { SwapOptions } from './options.ts';
import type { Progress } from './report/progress.ts';
import { type Served, ServerApi } from './server/server-api.ts';
import { startForSwaps } from './server/start-for-swaps.ts';
import { type Swap, swapBackAndForth } from './swaps.ts';

/** Everything that was measured. */
export interface Findings extends Observed {
  /** As the last swap left it: both models have the same form. */
  readonly served: Served;
  readonly swaps: readonly Swap[];
  /** Memory in use on the card at the end of the phases before and after the swaps, under the same load; NaN where there is none. */
  readonly cardBytesBefore: number;
  readonly cardBytesAfter: number;
  /** Milliseconds until the engines were whole again, one a kill. */
  readonly recoveriesMs: readonly number[];
}

/** Compilers and caches settle, in the server and in the load generator. */
const WARM_UP_MS = 5000;

/** Until the end of a process has been noticed and its log been read. */
const LAST_WORDS_MS = 500;

/**
 * Runs the whole thing: a server, load, swaps, kills. Nothing is left running, however it ends.
 * @param modelsDirectory of the models, where they are not the embedded ones
 * @throws the signal's reason; Error when the server can't do what it is asked for, beside the load.
 */
export async function runExperiment(
  options: SwapOptions,
  modelsDirectory: string | undefined,
  signal: AbortSignal,
  progress: Progress,
): Promise<Findings> {
  progress.say('starting the server');
  await using server = await startForSwaps(
    {
      model: options.models[0],
      device: options.device,
      modelsDirectory,
      // Exports are as they are; what is synthesized is compiled.
      dtype: options.device === 'cpu' || options.size === undefined ? undefined : cardDtype(),
      work: options.size === undefined ? undefined : options.work,
    },
    signal,
  );
  const stop = AbortSignal.any([signal, server.ended]);
  try {
    return await observe(server, options, stop, progress);
  } catch (error) {
    // Broken connections are what shows first when the server dies; its own last words tell more.
    await delay(LAST_WORDS_MS);
    throw stop.aborted ? stop.reason : error;
  }
}

async function observe(
  server: RunningServer,
  options: SwapOptions,
  stop: AbortSignal,
  progress: Progress,
): Promise<Findings> {
  const { models, connections, ratePerSecond, calmSeconds } = options;
  const api = new ServerApi(server.url, stop, {
    mode: options.mode,
    ...(options.isDryRun && { force: true }),
  });
  const { device } = options;
  const isOnCard = device !== 'cpu';
  const scoreTolerance = isOnCard ? CARD_SCORE_TOLERANCE : CPU_SCORE_TOLERANCE;
  const cardBytes = async (): Promise<number> =>
    device === 'cpu' ? Number.NaN : await readUsedCardBytes(device);
  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal: stop });
  progress.say('asking both models for their answers');
  const cases = await learnAnswers(api, models, {
    tolerance: isOnCard ? CARD_SCORE_TOLERANCE : 0,
    takesAll: options.isDryRun,
  });

  using observation = new Observation(
    { url: `${server.url}/rerank`, connections, ratePerSecond, cases, scoreTolerance },
    api,
    progress,
  );
  await wait(WARM_UP_MS);
  await observation.enter('before');
  await wait(calmSeconds * 1000);
  const cardBytesBefore = await cardBytes();
  await observation.enter('during');
  const swaps = await swapBackAndForth(api, {
    count: options.swaps,
    models,
    serverPid: server.pid,
    cardBytes,
    onSwap: (done) => progress.say(`during: swap ${done} of ${options.swaps}`),
  });
  await observation.enter('after');
  await wait(calmSeconds * 1000);
  const cardBytesAfter = await cardBytes();
  if (options.killEngines > 0) await observation.enter('kills');
  const recoveriesMs = await killEngines(api, {
    count: options.killEngines,
    serverPid: server.pid,
    onKill: (done) => progress.say(`kills: ${done} of ${options.killEngines}`),
  });
  const served = await api.served();
  return { ...(await observation.finish()), served, swaps, cardBytesBefore, cardBytesAfter, recoveriesMs };
}
