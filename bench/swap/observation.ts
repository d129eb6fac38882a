import { type Spread, spreadOf } from '../../scripts/measuring/statistics.ts';
import { LoadGenerator } from './load/load-generator.ts';
import type { LoadReport, LoadSettings } from './load/protocol.ts';
import { isMeasured, type PhaseName } from './phase.ts';
import type { Progress } from './report/progress.ts';
import type { ServerApi } from './server/server-api.ts';
import { HealthWatch } from './watch/health-watch.ts';
import { type LoopLag, LoopLagWatch } from './watch/loop-lag.ts';

/** What clients and probes saw of a server. */
export interface Observed {
  readonly load: LoadReport;
  readonly health: {
    readonly overall: Spread;
    readonly phases: readonly { readonly phase: PhaseName; readonly latencyMs: Spread }[];
    readonly failures: readonly string[];
  };
  readonly loopLag: readonly LoopLag[];
}

/** The load and everything that watches the server meanwhile, in step. Begins with the warm-up; disposing it ends all. */
export class Observation implements Disposable {
  readonly #progress: Progress;
  readonly #load: LoadGenerator;
  readonly #health: HealthWatch;
  readonly #loopLag: LoopLagWatch;
  readonly #phases: PhaseName[] = [];

  constructor(settings: LoadSettings, api: ServerApi, progress: Progress) {
    this.#progress = progress;
    this.#load = new LoadGenerator(settings, (tick) => progress.count(tick));
    this.#health = new HealthWatch(api);
    this.#loopLag = new LoopLagWatch(api);
    progress.say('warm-up');
  }

  /** Ends one phase and begins the next. @throws Error when the server can't be scraped. */
  async enter(phase: PhaseName): Promise<void> {
    await this.#loopLag.enter(phase);
    this.#phases.push(phase);
    this.#load.enter(phase);
    this.#health.enter(phase);
    this.#progress.say(phase);
  }

  /** Waits for the last answers. @throws Error when the load generator ended before. */
  async finish(): Promise<Observed> {
    await this.enter('drain');
    const load = await this.#load.drain();
    const { latenciesMs, failures } = this.#health;
    return {
      load,
      health: {
        overall: spreadOf(latenciesMs.all),
        phases: this.#phases
          .filter(isMeasured)
          .map((phase) => ({ phase, latencyMs: spreadOf(latenciesMs.of(phase)) })),
        failures,
      },
      loopLag: this.#loopLag.phases,
    };
  }

  [Symbol.dispose](): void {
    this.#health[Symbol.dispose]();
    this.#load[Symbol.dispose]();
  }
}
