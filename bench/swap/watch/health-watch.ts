import { performance } from 'node:perf_hooks';
import { ByPhase, type PhaseName } from '../phase.ts';
import type { ServerApi } from '../server/server-api.ts';

const INTERVAL_MS = 50;

/** A probe of Kubernetes gives up after a second by default; a slow answer is to be seen as such here. */
const TIMEOUT_MS = 5000;

/** Asks GET /healthz at fixed times, whether or not the one before has been answered. Disposing it stops it. */
export class HealthWatch implements Disposable {
  readonly latenciesMs = new ByPhase();
  /** What went wrong, in words. */
  readonly failures: string[] = [];
  readonly #api: ServerApi;
  readonly #timer: NodeJS.Timeout;
  #phase: PhaseName = 'warm-up';
  #stopped = false;

  constructor(api: ServerApi) {
    this.#api = api;
    this.#timer = setInterval(() => void this.#ask(), INTERVAL_MS);
  }

  enter(phase: PhaseName): void {
    this.#phase = phase;
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const phase = this.#phase;
    const startedAt = performance.now();
    try {
      await this.#api.health(TIMEOUT_MS);
    } catch (error) {
      // After the end the server is being stopped.
      if (!this.#stopped) this.failures.push(`${phase}: ${(error as Error).message}`);
    }
    if (!this.#stopped) this.latenciesMs.add(phase, performance.now() - startedAt);
  }
}
