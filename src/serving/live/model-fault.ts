import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';

/**
 * Whether a request failed through the fault of its model: it failed on these texts, or the processes of the model do not come up.
 * Not that a client left or was in a hurry, nor that the card is gone, which leaves no other model any better.
 */
export function isFaultOf(generation: Pick<Generation, 'ownOutage'>, error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return error.type === 'internal' || (error.type === 'unavailable' && generation.ownOutage !== undefined);
}
