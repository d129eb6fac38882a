import type { Clock } from '../clock.ts';

const LOOK_EVERY_MS = 500;

/**
 * Tells when the shell is gone that this process was started by. npm passes a signal on to the shell of a script, and that ends
 * without passing it on: the server would go on unseen, and hold its port.
 * @param parentPid of this process; another one than at first is that of whoever adopts orphans.
 * @returns what stops it.
 */
export function watchShell(clock: Clock, parentPid: () => number, onGone: () => void): () => void {
  const shell = parentPid();
  let cancel: () => void;
  const look = (): void => {
    if (parentPid() !== shell) return onGone();
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
