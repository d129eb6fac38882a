/** A claim on a model. The model lives until its last lease is released. */
export interface Lease<M> {
  readonly model: M;
  /** Gives the claim back; doing it again changes nothing. */
  release(): void;
}

/** A model and the claims on it, counted. */
export class Leased<M> {
  readonly model: M;
  readonly #onIdle: () => void;
  #leases = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** @param onIdle called whenever the last lease is released, before whoever waits for that goes on. */
  constructor(model: M, onIdle: () => void = () => {}) {
    this.model = model;
    this.#onIdle = onIdle;
  }

  /** True while nobody holds a lease. */
  get isIdle(): boolean {
    return this.#leases === 0;
  }

  lease(): Lease<M> {
    this.#leases++;
    let released = false;
    return {
      model: this.model,
      release: () => {
        if (released) return;
        released = true;
        this.#leases--;
        if (this.isIdle) this.#becomeIdle();
      },
    };
  }

  /** Resolves when nobody holds a lease: at once where nobody does now, otherwise with the last release. */
  async idle(): Promise<void> {
    if (this.isIdle) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  #becomeIdle(): void {
    this.#onIdle();
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
