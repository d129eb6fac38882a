import type { PhaseName } from '../phase.ts';
import type { ServerApi } from '../server/server-api.ts';

/** Delays of the server's event loop in one phase, in milliseconds. */
export interface LoopLag {
  readonly phase: PhaseName;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Reads the event-loop delay of the server. prom-client empties that histogram at every scrape: one scrape at the end of a
 * phase gives the exact percentiles of that phase, many would give many small samples.
 */
export class LoopLagWatch {
  readonly phases: LoopLag[] = [];
  readonly #api: ServerApi;
  #phase: PhaseName = 'warm-up';

  constructor(api: ServerApi) {
    this.#api = api;
  }

  /** Ends a phase; undefined when nothing follows. */
  async enter(next: PhaseName | undefined): Promise<void> {
    const metrics = await this.#api.metrics();
    const ms = (name: string): number =>
      (metrics.get(`nodejs_eventloop_lag_${name}_seconds`) ?? Number.NaN) * 1000;
    this.phases.push({ phase: this.#phase, medianMs: ms('p50'), p99Ms: ms('p99'), maxMs: ms('max') });
    if (next !== undefined) this.#phase = next;
  }
}
