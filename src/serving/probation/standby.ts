import type { Generation } from '../../model/generation.ts';
import type { Dtype } from '../../model/model-directory.ts';
import type { ModelIdentity } from '../../model/start-generation.ts';
import { type Lease, Leased } from '../slot/leased.ts';

interface Occupant {
  readonly leased: Leased<Generation>;
  /** The form that was asked for. */
  readonly dtype: Dtype | undefined;
}

/** The model that served before, still loaded, for as long as its successor is on probation. */
export class Standby {
  readonly #drain: (generation: Generation) => Promise<unknown>;
  #occupant: Occupant | undefined;
  #ending: Promise<unknown> = Promise.resolve();

  /** @param drain waits for requests that began on the model while it served. */
  constructor(drain: (generation: Generation) => Promise<unknown>) {
    this.#drain = drain;
  }

  get identity(): ModelIdentity | undefined {
    return this.#occupant?.leased.model.identity;
  }

  /** Process ids of what is loaded. */
  get pids(): readonly number[] {
    return this.#occupant?.leased.model.pids ?? [];
  }

  keep(generation: Generation, dtype: Dtype | undefined): void {
    this.#occupant = { leased: new Leased(generation), dtype };
  }

  /** The model, if it has just this content. */
  matching(digest: string, dtype: Dtype | undefined): Generation | undefined {
    const model = this.#occupant?.leased.model;
    const isIt = model?.identity.digest === digest && this.#occupant?.dtype === dtype;
    return isIt ? model : undefined;
  }

  /** A claim on it, for a request that its successor failed on; undefined when there is none. */
  lease(): Lease<Generation> | undefined {
    return this.#occupant?.leased.lease();
  }

  /** It serves again. @returns resolves when the last claim on it as a standby is released. */
  takeBack(): { readonly idle: Promise<void> } {
    const idle = this.#occupant?.leased.idle() ?? Promise.resolve();
    this.#occupant = undefined;
    return { idle };
  }

  /** Ends its processes, when nobody needs them any more. Resolves when they have ended and their memory is back, whoever wanted it first. */
  async dismiss(): Promise<void> {
    const generation = this.#occupant?.leased.model;
    if (generation !== undefined) {
      this.#ending = Promise.all([this.#ending, this.#end(generation, this.takeBack().idle)]);
    }
    await this.#ending;
  }

  async #end(generation: Generation, idle: Promise<void>): Promise<void> {
    await idle;
    await this.#drain(generation);
    await generation.release();
  }
}
