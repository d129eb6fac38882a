import { Worker } from 'node:worker_threads';
import { entryBeside } from './entry.ts';

/**
 * Ends this process the moment its parent is gone, even while the main thread is inside a native call.
 *
 * A thread sits in a blocking read on a pipe that the parent holds open and never writes to. When the parent ends,
 * by whatever way, the kernel closes its side, the read returns, and SIGKILL takes the process down. There is no
 * portable parent-death signal in Node, and a check on the main thread would wait for the running batch.
 */
export function dieWithParent(): void {
  const watcher = new Worker(entryBeside(import.meta.url, 'parent-watch-thread'), {
    // Small heaps: this thread does nothing, and every engine carries one.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  watcher.unref();
}
