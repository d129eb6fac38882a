import { messageOf } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { GateKeeper } from './gates/gate-keeper.ts';
import { unwatched } from './operation/phase.ts';
import type { Target } from './operation/target.ts';
import { bringUp } from './preparation/bring-up.ts';
import type { Preparation } from './preparation/preparation.ts';
import { bootCandidates } from './state/history.ts';
import type { ServingState } from './state/serving-state.ts';
import type { StateFile } from './state/state-file.ts';

export interface BootOptions {
  readonly preparation: Preparation;
  readonly gates: GateKeeper;
  readonly stateFile: StateFile;
  /** RERANK_MODEL: what to start with when there is no last good model. */
  readonly configured: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface BootResult {
  readonly generation: Generation;
  /** What `.last_good_model` says from now on; undefined when there is none. */
  readonly state: ServingState | undefined;
  /** Why the disk does not say so. */
  readonly unsaved: string | undefined;
}

/**
 * Loads the model to start with: the last good one, else the one before it, and so on, else the configured one.
 * @throws the error of the last candidate when none of them loads.
 */
export async function boot(options: BootOptions, signal: AbortSignal): Promise<BootResult> {
  const { configured, logger } = options;
  const state = await readState(options);
  if (state === undefined)
    return {
      generation: await prepare(options, { reference: configured }, signal),
      state,
      unsaved: undefined,
    };

  await tryToWrite(options, { ...state, pending: null, bootAttempts: state.bootAttempts + 1 });
  const known: Target[] = bootCandidates(state).map(({ model, ...entry }) => ({
    ...entry,
    reference: model,
  }));
  const { generation, target } = await firstThatLoads(
    options,
    [...known, { reference: configured }],
    signal,
  ).catch(async (error) => {
    // Being told to stop says nothing about the model.
    if (signal.aborted) await tryToWrite(options, state);
    throw error;
  });
  const { reference: model, digest } = generation.identity;
  const isLastGood = digest === state.digest && target.dtype === state.dtype;
  if (!isLastGood) logger.error(`the last good model ${state.model} does not load: ${model} serves instead`);
  if (model !== configured)
    logger.info(`${model} is the last good model and wins over RERANK_MODEL=${configured}`);
  const previous = isLastGood ? state.previous : null;
  const { dtype: _, ...others } = state;
  const dtype = target.dtype && { dtype: target.dtype };
  const after = { ...others, model, digest, ...dtype, previous, pending: null, bootAttempts: 0 };
  return { generation, state: after, unsaved: await tryToWrite(options, after) };
}

/** A disk that can't be written is no reason not to serve. @returns what could not be kept, if anything. */
async function tryToWrite(
  { stateFile, logger }: BootOptions,
  state: ServingState,
): Promise<string | undefined> {
  try {
    await stateFile.write(state);
    return undefined;
  } catch (error) {
    logger.error({ err: error }, `${messageOf(error)}; serving goes on`);
    return messageOf(error);
  }
}

async function readState({ stateFile, logger }: BootOptions): Promise<ServingState | undefined> {
  const { state, unreadable } = await stateFile.read();
  if (unreadable !== undefined) logger.error(unreadable);
  if (state?.pending) logger.warn(`an update to ${state.pending.model} was cut off; it is not resumed`);
  return state;
}

async function firstThatLoads(
  options: BootOptions,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<{ readonly generation: Generation; readonly target: Target }> {
  let failure: unknown;
  for (const target of targets) {
    try {
      return { generation: await prepare(options, target, signal), target };
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
      options.logger.error(`${target.reference} does not load: ${messageOf(error)}`);
      options.logger.debug({ err: error }, `${target.reference} does not load, in full`);
    }
  }
  throw failure;
}

async function prepare(options: BootOptions, target: Target, signal: AbortSignal): Promise<Generation> {
  const { preparation, gates, clock, logger } = options;
  const startedAt = clock.now();
  const enter = (phase: string): void => logger.info({ phase }, `starting ${target.reference}: ${phase}`);
  const work = { ...unwatched(signal), enter };
  const { model, load } = await bringUp(preparation, target, work);
  const generation = await load();
  try {
    enter('check');
    await gates.checkAtStart(generation, model, target.digest !== undefined, signal);
  } catch (error) {
    await generation.close();
    throw error;
  }
  logger.info(`${target.reference} is ready after ${Math.round(clock.now() - startedAt)} ms`);
  return generation;
}
