import type { Generation } from '../../model/generation.ts';

/** A loaded model, as far as gates look at it. */
export type Candidate = Pick<Generation, 'identity' | 'maxLength' | 'score' | 'inspectTokenizer'>;

/** The model that serves meanwhile, as far as it is compared with. */
export type Current = Pick<Candidate, 'identity' | 'maxLength' | 'score'>;
