const INTERVAL_MS = 50;

/** A probe of Kubernetes gives up after a second by default; a slow answer is to be seen as such here. */
const TIMEOUT_MS = 5000;

/** Asks GET /healthz at fixed times, whether or not the one before has been answered. Disposing it stops it. */
export class HealthProbe implements Disposable {
  readonly latenciesMs: number[] = [];
  failures = 0;
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  #stopped = false;

  constructor(url: string) {
    this.#url = `${url}/healthz`;
    this.#timer = setInterval(() => void this.#ask(), INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const startedAt = performance.now();
    const isHealthy = await fetch(this.#url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    // After the end the server is being stopped.
    if (this.#stopped) return;
    this.latenciesMs.push(performance.now() - startedAt);
    if (!isHealthy) this.failures++;
  }
}
