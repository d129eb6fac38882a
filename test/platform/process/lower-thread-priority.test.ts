import { once } from 'node:events';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

const module = new URL('../../../src/platform/process/lower-thread-priority.ts', import.meta.url);

it.skipIf(process.platform !== 'linux')('lowers the priority of the calling thread alone', async () => {
  const before = getPriority();
  const worker = new Worker(
    `Promise.all([import(${JSON.stringify(module.href)}), import('node:os')]).then(([{ lowerThreadPriority }, os]) => {
      lowerThreadPriority();
      require('node:worker_threads').parentPort.postMessage(os.getPriority());
    })`,
    { eval: true },
  );
  const [niceness] = (await once(worker, 'message')) as [number];
  await worker.terminate();
  expect(niceness).toBeGreaterThan(before);
  expect(getPriority()).toBe(before);
});
