import type { Device } from '../../engine/protocol.ts';
import type { MachineBudget } from '../../platform/machine-budget.ts';

export interface EnginePlan {
  /** Engine processes. */
  readonly engines: number;
  /** Threads inside each. */
  readonly threads: number;
}

export interface EnginePlanRequest {
  readonly device: Device;
  readonly engines: number | 'auto';
  readonly threads: number | 'auto';
  /** Size of the model's weights. */
  readonly weightBytes: number;
  /** Engines map the weights together; otherwise each holds its own. */
  readonly isShared: boolean;
  readonly budget: MachineBudget;
}

const MAX_AUTO_ENGINES = 32;

/** A Node process with ONNX Runtime and no model. */
const EMPTY_ENGINE_BYTES = 96 * 2 ** 20;

/** Activations of an engine whose weights lie elsewhere. */
const ACTIVATION_BYTES = 64 * 2 ** 20;

/** Weights as they lie in memory, against their size on disk: packed copies and the activations come on top. */
export const MEMORY_PER_MODEL_BYTE = 1.6;

/** During a swap two models are loaded, and the rest of the machine wants to live too. */
const MEMORY_SHARE = 0.4;

/**
 * How many engine processes a model gets, and how many threads each.
 *
 * On CPU several engines of one thread beat one engine of several (no padding, no synchronisation), as long as the memory
 * holds that many copies of the model. A GPU is fed by one engine.
 */
export function planEngines(request: EnginePlanRequest): EnginePlan {
  const { cpus, memoryBytes } = request.budget;
  if (request.engines !== 'auto') {
    return { engines: request.engines, threads: resolveThreads(request.threads, cpus, request.engines) };
  }
  if (request.device !== 'cpu') return { engines: 1, threads: resolveThreads(request.threads, cpus, 1) };
  const { isShared, weightBytes } = request;
  const engineBytes =
    EMPTY_ENGINE_BYTES + (isShared ? ACTIVATION_BYTES : weightBytes * MEMORY_PER_MODEL_BYTE);
  const available = memoryBytes * MEMORY_SHARE - (isShared ? weightBytes : 0);
  const byMemory = Math.floor(available / engineBytes);
  const byCpus = request.threads === 'auto' ? cpus : Math.floor(cpus / request.threads);
  const engines = Math.max(1, Math.min(byCpus, byMemory, MAX_AUTO_ENGINES));
  return { engines, threads: resolveThreads(request.threads, cpus, engines) };
}

function resolveThreads(threads: number | 'auto', cpus: number, engines: number): number {
  return threads === 'auto' ? Math.max(1, Math.floor(cpus / engines)) : threads;
}
