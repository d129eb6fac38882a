import type { Generation } from '../../model/generation.ts';
import type { Dtype } from '../../model/model-directory.ts';
import type { ModelIdentity } from '../../model/start-generation.ts';
import type { Lease } from '../slot/model-slot.ts';

interface Occupant {
  readonly generation: Generation;
  /** The form that was asked for. */
  readonly dtype: Dtype | undefined;
  leases: number;
  readonly idle: PromiseWithResolvers<void>;
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
    return this.#occupant?.generation.identity;
  }

  /** Process ids of what is loaded. */
  get pids(): readonly number[] {
    return this.#occupant?.generation.pids ?? [];
  }

  keep(generation: Generation, dtype: Dtype | undefined): void {
    this.#occupant = { generation, dtype, leases: 0, idle: Promise.withResolvers<void>() };
  }

  /** The model, if it has just this content. */
  matching(digest: string, dtype: Dtype | undefined): Generation | undefined {
    const occupant = this.#occupant;
    const isIt = occupant?.generation.identity.digest === digest && occupant.dtype === dtype;
    return isIt ? occupant.generation : undefined;
  }

  /** A claim on it, for a request that its successor failed on; undefined when there is none. */
  lease(): Lease<Generation> | undefined {
    const occupant = this.#occupant;
    if (occupant === undefined) return undefined;
    occupant.leases++;
    let released = false;
    return {
      model: occupant.generation,
      release: () => {
        if (released) return;
        released = true;
        occupant.leases--;
        if (occupant.leases === 0 && occupant !== this.#occupant) occupant.idle.resolve();
      },
    };
  }

  /** It serves again. @returns resolves when the last claim on it as a standby is released. */
  takeBack(): { readonly idle: Promise<void> } {
    const occupant = this.#occupant;
    this.#occupant = undefined;
    if (occupant === undefined || occupant.leases === 0) return { idle: Promise.resolve() };
    return { idle: occupant.idle.promise };
  }

  /** Ends its processes, when nobody needs them any more. Resolves when they have ended and their memory is back, whoever wanted it first. */
  async dismiss(): Promise<void> {
    const generation = this.#occupant?.generation;
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
