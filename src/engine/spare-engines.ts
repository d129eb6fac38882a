import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { CallFailed, ChildLink } from '../platform/process/child-link.ts';
import { ENGINE_NICENESS, engineEntry, engineEnvironment } from './engine.ts';
import { shortFault } from './engine-fault.ts';
import { EngineCall, type WakeRequest } from './protocol.ts';

export interface SpareEnginesOptions {
  readonly name: string;
  readonly size: number;
  /** A device to wake in them, where there is room for what that takes of it. */
  readonly wakes: WakeRequest | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Engine processes with ONNX Runtime in memory and no model yet. Starting them takes longer than loading a compiled model,
 * so that they are started before the time in which nothing serves. On a GPU the provider's libraries, a context and the driver
 * itself take seconds as well, and their use keeps the driver awake while no model is on the card.
 */
export class SpareEngines {
  readonly #links: (ChildLink | undefined)[];

  private constructor(links: readonly ChildLink[]) {
    this.#links = [...links];
  }

  static async start(options: SpareEnginesOptions, signal: AbortSignal): Promise<SpareEngines> {
    const starts = Array.from({ length: options.size }, (_, index) => startOne(options, index, signal));
    const results = await Promise.allSettled(starts);
    const links = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.link] : []));
    const spares = new SpareEngines(links);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined) return spares;
    await spares.close();
    throw failure.reason;
  }

  get pids(): number[] {
    return this.#links.flatMap((link) => link?.pid ?? []);
  }

  /** Gives one away, to whoever loads a model into it. */
  take(index: number): ChildLink | undefined {
    const link = this.#links[index];
    this.#links[index] = undefined;
    return link;
  }

  /** Ends those that nobody took. */
  async close(): Promise<void> {
    await Promise.all(
      this.#links.map(async (link) => {
        link?.kill('it is no longer wanted');
        await link?.lost;
      }),
    );
  }
}

/** One whose device does not wake is started without: the model that it is for may fare better, once the other one is gone. */
async function startOne(
  options: SpareEnginesOptions,
  index: number,
  signal: AbortSignal,
): Promise<{ readonly link: ChildLink }> {
  const launch = (wakes: WakeRequest | undefined) => {
    const payload = wakes === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(wakes));
    return ChildLink.launch(
      {
        ...options,
        env: engineEnvironment(options.env),
        name: `${options.name}.${index}`,
        niceness: ENGINE_NICENESS,
        entry: engineEntry,
      },
      { kind: EngineCall.ready, payload, timeoutMs: options.loadTimeoutMs },
      signal,
    );
  };
  if (options.wakes === undefined) return await launch(undefined);
  try {
    return await launch(options.wakes);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    options.logger.warn(`an engine could not wake the device before its time: ${shortFault(error.message)}`);
    return await launch(undefined);
  }
}
