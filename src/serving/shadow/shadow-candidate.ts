import type { Generation } from '../../model/generation.ts';
import { type Lease, Leased } from '../slot/leased.ts';

/** The candidate that scores live requests before it serves, for whoever wants to ask it something meanwhile. */
export class ShadowCandidate {
  #leased: Leased<Generation> | undefined;

  /** @returns ends it: nobody gets the candidate any more, and it resolves when nobody uses it. */
  begin(generation: Generation): () => Promise<void> {
    const leased = new Leased(generation);
    this.#leased = leased;
    return async () => {
      if (this.#leased === leased) this.#leased = undefined;
      await leased.idle();
    };
  }

  /** A claim on the candidate; undefined when there is none. */
  lease(): Lease<Generation> | undefined {
    return this.#leased?.lease();
  }

  get identity(): Generation['identity'] | undefined {
    return this.#leased?.model.identity;
  }

  /** Process ids of what is loaded. */
  get pids(): readonly number[] {
    return this.#leased?.model.pids ?? [];
  }
}
