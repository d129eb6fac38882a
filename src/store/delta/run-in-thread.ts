import { Worker } from 'node:worker_threads';
import { entryBeside } from '../../platform/process/entry.ts';
import type { JobName, Jobs, Message } from './thread/protocol.ts';

export interface JobWatch {
  readonly signal: AbortSignal;
  /** Bytes that were gone through since the last call. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Does a job in a thread of its own. When it rejects, the thread is gone: it writes no more.
 * @throws errors of the file system with their `code`; the reason of the signal.
 */
export async function runInThread<Name extends JobName>(
  name: Name,
  request: Jobs[Name]['request'],
  { signal, onProgress }: JobWatch,
): Promise<Jobs[Name]['result']> {
  signal.throwIfAborted();
  const worker = new Worker(entryBeside(import.meta.url, 'thread/main'), {
    workerData: { name, ...request },
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 },
  });
  const outcome = Promise.withResolvers<Jobs[Name]['result']>();
  const abort = (): void => outcome.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  worker.on('message', (message: Message) => {
    if (message.type === 'progress') onProgress?.(message.bytes);
    else if (message.type === 'done') outcome.resolve(message.result);
    else outcome.reject(Object.assign(new Error(message.message), { code: message.code }));
  });
  worker.on('error', outcome.reject);
  worker.on('exit', (code) => outcome.reject(new Error(`the thread ended with ${code}`)));
  try {
    return await outcome.promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
