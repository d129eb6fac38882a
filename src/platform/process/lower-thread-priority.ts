import { setPriority } from 'node:os';

/** Below the engines: what is done beforehand can wait for what somebody waits for. */
const NICENESS = 10;

/**
 * Has the calling thread, and no other one of its process, leave the processor to whoever else wants it. Only Linux has priorities
 * of threads (setpriority(2), "C library/kernel differences"); elsewhere nothing happens.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // Everything works all the same.
  }
}
