import { messageOf } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { bootCandidates } from './history.ts';
import type { Preparation, Target } from './preparation.ts';
import type { ServingState, StateFile } from './state-file.ts';

export interface BootOptions {
  readonly preparation: Preparation;
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
}

/**
 * Loads the model to start with: the last good one, else the one before it, and so on, else the configured one.
 * @throws the error of the last candidate when none of them loads.
 */
export async function boot(options: BootOptions, signal: AbortSignal): Promise<BootResult> {
  const { stateFile, configured, logger } = options;
  const state = await readState(options);
  if (state === undefined)
    return { generation: await prepare(options, { reference: configured }, signal), state };

  await stateFile.write({ ...state, pending: null, bootAttempts: state.bootAttempts + 1 });
  const known: Target[] = bootCandidates(state).map(({ model, digest }) => ({ reference: model, digest }));
  const generation = await firstThatLoads(options, [...known, { reference: configured }], signal).catch(
    async (error) => {
      // Being told to stop says nothing about the model.
      if (signal.aborted) await stateFile.write(state);
      throw error;
    },
  );
  const { reference: model, digest } = generation.identity;
  const isLastGood = digest === state.digest;
  if (!isLastGood) logger.error(`the last good model ${state.model} does not load: ${model} serves instead`);
  if (model !== configured)
    logger.info(`${model} is the last good model and wins over RERANK_MODEL=${configured}`);
  const previous = isLastGood ? state.previous : null;
  const after = { ...state, model, digest, previous, pending: null, bootAttempts: 0 };
  await stateFile.write(after);
  return { generation, state: after };
}

async function readState({ stateFile, logger }: BootOptions): Promise<ServingState | undefined> {
  const { state, unreadable } = await stateFile.read();
  if (unreadable !== undefined)
    logger.error(`${stateFile.path} could not be read and was put aside as ${unreadable}`);
  if (state?.pending) logger.warn(`an update to ${state.pending.model} was cut off; it is not resumed`);
  return state;
}

async function firstThatLoads(
  options: BootOptions,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Generation> {
  let failure: unknown;
  for (const target of targets) {
    try {
      return await prepare(options, target, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
      options.logger.error({ err: error }, `${target.reference} does not load: ${messageOf(error)}`);
    }
  }
  throw failure;
}

async function prepare(options: BootOptions, target: Target, signal: AbortSignal): Promise<Generation> {
  const { preparation, clock, logger } = options;
  const startedAt = clock.now();
  const enter = (phase: string): void => logger.info({ phase }, `starting ${target.reference}: ${phase}`);
  const staged = await preparation.stage(target, enter, signal);
  const compiled = await preparation.compile(staged, enter, signal);
  const generation = await preparation.load(compiled, enter, signal, true);
  logger.info(`${target.reference} is ready after ${Math.round(clock.now() - startedAt)} ms`);
  return generation;
}
