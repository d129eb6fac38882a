/** The entry of the thread: does one job and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../errors.ts';
import { lowerThreadPriority } from '../../../platform/process/lower-thread-priority.ts';
import { assemble } from './assemble.ts';
import { hashFile } from './hash-file.ts';
import { indexFile } from './index-file.ts';
import type { Job, JobName, Jobs, Message } from './protocol.ts';

/** Often enough for a progress bar. */
const REPORT_BYTES = 8 * 2 ** 20;

let unreported = 0;

function report(bytes: number): void {
  unreported += bytes;
  if (unreported < REPORT_BYTES) return;
  send({ type: 'progress', bytes: unreported });
  unreported = 0;
}

function send(message: Message): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

function perform(job: Job): Jobs[JobName]['result'] {
  if (job.name === 'index') return indexFile(job.path, report);
  if (job.name === 'assemble') return assemble(job, report);
  return job.paths.map((path) => hashFile(path, report));
}

lowerThreadPriority();
try {
  const result = perform(workerData as Job);
  send({ type: 'progress', bytes: unreported });
  send({ type: 'done', result });
} catch (error) {
  send({ type: 'failed', message: messageOf(error), code: (error as NodeJS.ErrnoException).code });
}
