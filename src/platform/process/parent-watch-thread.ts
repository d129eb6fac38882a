/** The thread of parent-watch.ts: blocks until the parent's end of the liveness pipe closes, then kills the process. */
import { readSync } from 'node:fs';
import { LIVENESS_FD } from './protocol.ts';

try {
  while (readSync(LIVENESS_FD, new Uint8Array(1)) > 0);
} catch {
  // A pipe that can't be read says nothing good about the parent either.
}
process.kill(process.pid, 'SIGKILL');
