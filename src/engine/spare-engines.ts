import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ChildLink } from '../platform/process/child-link.ts';
import { ENGINE_NICENESS, engineEntry, engineEnvironment } from './engine.ts';
import { EngineCall } from './protocol.ts';

export interface SpareEnginesOptions {
  readonly name: string;
  readonly size: number;
  readonly env: Readonly<Record<string, string>>;
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Engine processes with ONNX Runtime in memory and no model yet. Starting them takes longer than loading a compiled model,
 * so that they are started before the time in which nothing serves.
 */
export class SpareEngines {
  readonly #links: (ChildLink | undefined)[];

  private constructor(links: readonly ChildLink[]) {
    this.#links = [...links];
  }

  static async start(options: SpareEnginesOptions, signal: AbortSignal): Promise<SpareEngines> {
    const ready = { kind: EngineCall.ready, payload: Buffer.alloc(0), timeoutMs: options.loadTimeoutMs };
    const starts = Array.from({ length: options.size }, (_, index) =>
      ChildLink.launch(
        {
          ...options,
          env: engineEnvironment(options.env),
          name: `${options.name}.${index}`,
          niceness: ENGINE_NICENESS,
          entry: engineEntry,
        },
        ready,
        signal,
      ),
    );
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
