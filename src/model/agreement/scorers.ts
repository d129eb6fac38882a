import type { Clock } from '../../platform/clock.ts';
import type { Generation } from '../generation.ts';
import type { Scorer } from './compare.ts';

/** A loaded model, as far as scorers need it. */
export type Scored = Pick<Generation, 'maxLength' | 'score'>;

/** A model that nothing else uses: its time is what a request takes by the clock. */
export function wallClockScorer(model: Scored, clock: Clock): Scorer {
  const limits = { maxLength: model.maxLength };
  return {
    async score(query, documents, signal) {
      const startedAt = clock.now();
      const { logits } = await model.score(query, documents, limits, signal);
      return { logits, ms: clock.now() - startedAt };
    },
  };
}

/**
 * A model that answers requests meanwhile, or a neighbour of one: its time is what the pairs took of the device, as waiting for
 * others would count against whoever had to wait.
 */
export function engineTimeScorer(model: Scored): Scorer {
  const limits = { maxLength: model.maxLength };
  return {
    async score(query, documents, signal) {
      const { logits, computeMs } = await model.score(query, documents, limits, signal);
      return { logits, ms: computeMs };
    },
  };
}
