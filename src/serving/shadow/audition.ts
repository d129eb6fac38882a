import type { Generation } from '../../model/generation.ts';
import type { Lease } from '../slot/model-slot.ts';

interface Guest {
  readonly generation: Generation;
  leases: number;
  readonly idle: PromiseWithResolvers<void>;
}

/** A candidate that scores live requests before it serves, for whoever wants to ask it something meanwhile. */
export class Audition {
  #guest: Guest | undefined;

  /** @returns ends it: nobody gets the candidate any more, and it resolves when nobody uses it. */
  begin(generation: Generation): () => Promise<void> {
    const guest: Guest = { generation, leases: 0, idle: Promise.withResolvers<void>() };
    this.#guest = guest;
    return async () => {
      if (this.#guest === guest) this.#guest = undefined;
      if (guest.leases > 0) await guest.idle.promise;
    };
  }

  /** A claim on the candidate; undefined when there is none. */
  lease(): Lease<Generation> | undefined {
    const guest = this.#guest;
    if (guest === undefined) return undefined;
    guest.leases++;
    let released = false;
    return {
      model: guest.generation,
      release: () => {
        if (released) return;
        released = true;
        guest.leases--;
        if (guest.leases === 0 && guest !== this.#guest) guest.idle.resolve();
      },
    };
  }

  get identity(): Generation['identity'] | undefined {
    return this.#guest?.generation.identity;
  }

  /** Process ids of what is loaded. */
  get pids(): readonly number[] {
    return this.#guest?.generation.pids ?? [];
  }
}
