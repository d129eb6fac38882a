import { Supervisor } from '../platform/process/supervisor.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { paddedWidth } from './padded-width.ts';
import type { EnginePort } from './port.ts';
import type { LoadReply, RaggedTokens, RunReply } from './protocol.ts';
import type { SpareEngines } from './spare-engines.ts';
import { type TokenLayout, tokenLayout } from './token-layout.ts';

export interface EnginePoolOptions extends EngineOptions {
  /** Engine processes to keep alive. */
  readonly size: number;
  /** Starts all engines at once: quicker, and for when no other model needs the processors. */
  readonly together: boolean;
  /** Processes to load the model into, where there are any. */
  readonly spares?: SpareEngines | undefined;
  /** Told about every engine that ended unasked, and why. */
  readonly onRestart: (reason: string) => void;
  /** Told about every engine that could not be started again. */
  readonly onFailedStart?: (error: unknown) => void;
  /** In place of a real process. */
  readonly startEngine?: (...args: Parameters<typeof Engine.start>) => Promise<Engine>;
}

/** One batch runs, one waits in the socket behind it, so that an engine never idles between two batches. */
const SLOTS_PER_ENGINE = 2;

/** A start that takes longer says how far it is. */
const SLOW_START_MS = 2_000;

/** A fixed number of engine processes that serve the same model; those that end are started again. */
export class EnginePool implements EnginePort {
  onFreeSlot: () => void = () => {};
  onOutage: () => void = () => {};
  readonly model: LoadReply;
  readonly layout: TokenLayout;
  readonly #supervisors: readonly Supervisor<Engine>[];
  readonly #trial: Trial;

  readonly #options: Pick<EnginePoolOptions, 'device' | 'maxLength'>;

  private constructor(
    supervisors: readonly Supervisor<Engine>[],
    model: LoadReply,
    trial: Trial,
    options: Pick<EnginePoolOptions, 'device' | 'maxLength'>,
  ) {
    this.#supervisors = supervisors;
    this.model = model;
    this.#trial = trial;
    this.layout = tokenLayout(model.inputs);
    this.#options = options;
  }

  /**
   * Starts the engines, all at once or one after the other. In turn, a bad model fails on the first of them, and a load beside
   * a busy model takes one processor, not all of them.
   * @param inspect sees what the first engine loaded, and throws to refuse it.
   * @param signal gives the start up and ends what was started so far.
   */
  static async start(
    options: EnginePoolOptions,
    inspect: (model: LoadReply) => void,
    signal: AbortSignal,
  ): Promise<EnginePool> {
    let pool: EnginePool | undefined;
    const started: Supervisor<Engine>[] = [];
    const trial: Trial = { tokens: undefined };
    const listener: PoolListener = {
      onUp: () => pool?.onFreeSlot(),
      onFailedStart: (error) => {
        options.onFailedStart?.(error);
        if (pool?.outage !== undefined) pool.onOutage();
      },
    };
    const startedAt = options.clock.now();
    const startOne = async (index: number): Promise<void> => {
      started[index] = await launch(options, index, listener, trial, signal);
      if (options.clock.now() - startedAt < SLOW_START_MS) return;
      options.logger.info(
        `${options.name}: ${Object.keys(started).length} of ${options.size} engines are ready`,
      );
    };
    try {
      const [first = 0, ...others] = Array.from({ length: options.size }, (_, index) => index);
      if (options.together) await allOrError([first, ...others].map(startOne));
      else await startOne(first);
      const { model } = await firstOf(started).up(signal);
      inspect(model);
      if (!options.together) for (const index of others) await startOne(index);
      pool = new EnginePool(started, model, trial, options);
      return pool;
    } catch (error) {
      await closeAll(Object.values(started));
      throw error;
    }
  }

  get readyEngines(): number {
    return this.#engines().length;
  }

  get size(): number {
    return this.#supervisors.length;
  }

  get pids(): number[] {
    return this.#engines().flatMap((engine) => engine.pid ?? []);
  }

  get freeSlots(): number {
    return this.#engines().reduce(
      (sum, engine) => sum + Math.max(0, SLOTS_PER_ENGINE - engine.outstanding),
      0,
    );
  }

  /** In words for those who ask why nothing is scored. An engine that works, or may well in a moment, is no outage. */
  get outage(): string | undefined {
    const outages = this.#supervisors.flatMap((supervisor) => supervisor.outage ?? []);
    if (outages.length < this.#supervisors.length) return undefined;
    // The same words as long as the reason is the same: logs and alerts group by them.
    return `the engine does not come up again: ${outages[0]}`;
  }

  paddedWidth(longest: number): number {
    return paddedWidth(longest, this.#options);
  }

  async run(tokens: RaggedTokens, about?: () => object): Promise<RunReply> {
    const [leastBusy] = this.#engines().toSorted((a, b) => a.outstanding - b.outstanding);
    if (leastBusy === undefined) throw new Error('no engine is ready');
    try {
      return await leastBusy.run(tokens, about);
    } finally {
      this.onFreeSlot();
    }
  }

  /**
   * Runs a batch once on every engine: first runs are slow, and must not fall on a live request.
   * @param signal closes the pool: nothing but the end of its process stops a run.
   * @throws what a run throws; Outage when an engine has ended and does not come up again; the signal's reason.
   */
  async runOnEach(tokens: RaggedTokens, signal: AbortSignal): Promise<RunReply[]> {
    this.#trial.tokens ??= tokens;
    // Engines that are merely killed would count as lost, and be started again.
    const stop = (): void => void this.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.all(
        this.#supervisors.map(async (supervisor) => (await supervisor.up(signal)).run(tokens)),
      );
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends every engine and resolves when all of them are gone. */
  async close(): Promise<void> {
    await closeAll(this.#supervisors);
  }

  #engines(): Engine[] {
    return this.#supervisors.flatMap(({ current }) => current ?? []);
  }
}

/** What every engine that is started again runs first: one on a device that loads models and fails to compute is not up. */
interface Trial {
  tokens: RaggedTokens | undefined;
}

interface PoolListener {
  readonly onUp: () => void;
  readonly onFailedStart: (error: unknown) => void;
}

function launch(
  options: EnginePoolOptions,
  index: number,
  { onUp, onFailedStart }: PoolListener,
  trial: Trial,
  signal: AbortSignal,
): Promise<Supervisor<Engine>> {
  const name = `${options.name}.${index}`;
  let isOutage = false;
  // What the first of many starts said is enough.
  const outputLevel = () => (isOutage ? 'debug' : 'warn');
  const start = async (unwanted: AbortSignal): Promise<Engine> => {
    const { startEngine = (...args) => Engine.start(...args) } = options;
    const engine = await startEngine(
      { ...options, name, outputLevel },
      unwanted,
      options.spares?.take(index),
    );
    if (trial.tokens !== undefined) await tryOut(engine, trial.tokens, unwanted);
    return engine;
  };
  return Supervisor.launch<Engine>(
    {
      name,
      start,
      clock: options.clock,
      logger: options.logger,
      onUp: () => {
        isOutage = false;
        onUp();
      },
      onDown: options.onRestart,
      onFailedStart: (error) => {
        isOutage = true;
        onFailedStart(error);
      },
    },
    signal,
  );
}

/**
 * Nothing but the end of its process stops a run.
 * @throws what the run throws; the reason of `unwanted`. The engine is gone by then.
 */
async function tryOut(engine: Engine, tokens: RaggedTokens, unwanted: AbortSignal): Promise<void> {
  const stop = (): void => engine.kill('it is no longer wanted');
  unwanted.addEventListener('abort', stop, { once: true });
  // The signal may have come between the load and this.
  if (unwanted.aborted) stop();
  try {
    await engine.run(tokens);
  } catch (error) {
    engine.kill('it could not compute');
    await engine.lost;
    throw unwanted.aborted ? unwanted.reason : error;
  } finally {
    unwanted.removeEventListener('abort', stop);
  }
}

/** Waits for all of them even when one fails: what has started must be known to be closed. */
async function allOrError(tasks: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

function firstOf(supervisors: readonly Supervisor<Engine>[]): Supervisor<Engine> {
  const [first] = supervisors;
  if (first === undefined) throw new RangeError('a pool needs at least one engine');
  return first;
}

async function closeAll(supervisors: readonly Supervisor<Engine>[]): Promise<void> {
  await Promise.all(supervisors.map((supervisor) => supervisor.close()));
}
