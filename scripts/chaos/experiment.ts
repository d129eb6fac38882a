import type { RandomBits } from '../synthesize/weights/random-bits.ts';
import type { Finding } from './finding.ts';

/** What an experiment gets to work with. */
export interface Chaos {
  /** A directory of its own; deleted after the run. */
  readonly directory: string;
  /** A stream of random numbers of its own: same seed and name, same numbers. */
  readonly random: (name: string) => RandomBits;
  /** Milliseconds that the experiment may still take. What has begun by then is finished. */
  readonly msLeft: () => number;
  /** Shows what goes on. */
  readonly say: (doing: string) => void;
  /** Aborts when the run is to end. */
  readonly signal: AbortSignal;
}

/** Does something bad to a real server, and looks whether it copes. */
export type Experiment = (chaos: Chaos) => Promise<readonly Finding[]>;
