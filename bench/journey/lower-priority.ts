import { setPriority } from 'node:os';

const NICENESS = 10;

/** What a network card would do on another machine gets only the processor time that the server leaves over. */
export function lowerPriority(): void {
  setPriority(NICENESS);
}
