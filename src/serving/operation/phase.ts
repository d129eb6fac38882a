/** What an update goes through, in order; `stage`, `drain` and `release` come before `load` where two models don't fit. */
export type Phase =
  | 'resolve'
  | 'fetch'
  | 'verify'
  | 'compile'
  | 'stage'
  | 'load'
  | 'warm'
  | 'check'
  | 'shadow'
  | 'swap'
  | 'persist'
  | 'drain'
  | 'release'
  | 'probation';

/** A model is brought to this machine, and then copied to where it is served from: each has its own count of bytes. */
export type FetchStep = 'download' | 'copy';

/** Where the work on an update says how far it is. */
export interface Progressing {
  readonly signal: AbortSignal;
  enter(phase: Phase): void;
  /**
   * @param total in the same unit as `done`
   * @param doing tells apart what a phase does one after the other
   */
  advance(
    done: number,
    total: number,
    unit: 'bytes' | 'steps' | 'queries' | 'requests',
    doing?: FetchStep,
  ): void;
}

/**
 * For work that nobody watches.
 * @param signal undefined for what is never given up.
 */
export function unwatched(signal: AbortSignal = new AbortController().signal): Progressing {
  return { signal, enter: () => {}, advance: () => {} };
}
