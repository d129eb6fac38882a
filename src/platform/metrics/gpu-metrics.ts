import { Gauge, type Registry } from 'prom-client';
import type { Observed } from './observed.ts';

/** The card that models run on. The series are there where a driver tells the figures. */
export function gpuMetrics(registers: Registry[], observed: Observed) {
  const gpuMemory = new Gauge({
    name: 'rerankd_gpu_memory_bytes',
    help: 'Memory of the GPU that engines use, whoever holds it. What is used and what is free need not be all of it.',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      const gpu = await readGpu(observed);
      this.reset();
      if (gpu === undefined) return;
      this.set({ state: 'used' }, gpu.usedBytes);
      this.set({ state: 'free' }, gpu.freeBytes);
      this.set({ state: 'total' }, gpu.totalBytes);
    },
  });
  const gpuEngineMemory = new Gauge({
    name: 'rerankd_gpu_engine_memory_bytes',
    help: 'GPU memory that the engines of the current model hold.',
    labelNames: ['device'] as const,
    registers,
    async collect() {
      const gpu = await readGpu(observed);
      this.reset();
      if (gpu?.engineBytes !== undefined) this.set({ device: gpu.device }, gpu.engineBytes);
    },
  });
  return { gpuMemory, gpuEngineMemory };
}

/** What can't be read must not cost the scrape. */
async function readGpu(observed: Observed) {
  return await observed.gpu?.().catch(() => undefined);
}
