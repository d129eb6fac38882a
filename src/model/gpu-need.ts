import type { ModelSize } from './memory-need.ts';

/** What decides how much GPU memory a model takes: each engine holds the weights for itself. */
export type GpuSize = Pick<ModelSize, 'engines' | 'weightBytes'>;

/** A model that runs, and the most that its engines were seen to hold on the card. */
export interface RunningOnGpu extends GpuSize {
  readonly gpuBytes: number;
}

const MIB = 2 ** 20;

/** A CUDA context, as the driver makes one for every process, takes at least this much on cards of today. */
const LEAST_OVERHEAD_BYTES = 256 * MIB;

/** The most that one takes, with what is loaded of ONNX Runtime's kernels at its first use. */
const MOST_CONTEXT_BYTES = 640 * MIB;

/** What engines without a model need of the card to have a context each, and so that the model that serves can grow a little. */
export function contextBytes(engines: number): number {
  return (engines + 1) * MOST_CONTEXT_BYTES;
}

/**
 * Beyond the weights of an engine, before anything was measured: 300 to 600 MiB of CUDA context with the kernels of cuBLAS and
 * cuDNN, 32 MiB of cuBLAS workspace on Hopper, and activations. A guess, to be replaced by what was measured.
 */
const GUESSED_OVERHEAD_BYTES = 1024 * MIB;

/**
 * Estimates the GPU memory that a model needs, in bytes, from what the running one was seen to take.
 *
 * Beyond its weights each engine holds a CUDA context, the workspace of cuBLAS and ONNX Runtime's arena, which has the activations
 * of the largest batch. That depends on card, driver and batches more than on the model, so each of the candidate's engines is
 * expected to hold as much as each that runs now. Activations grow with the model, and the arena grows by doubling and never shrinks
 * (`arena_extend_strategy` kNextPowerOfTwo, which can't be set from JavaScript), so what the candidate is larger by counts twice.
 * @param running undefined when nothing was measured: then a guess is taken.
 */
export function estimateGpuNeed(candidate: GpuSize, running: RunningOnGpu | undefined): number {
  const more = Math.max(0, candidate.weightBytes - (running?.weightBytes ?? 0));
  return candidate.engines * (candidate.weightBytes + more + overheadBytes(running));
}

/** Of one engine. */
function overheadBytes(running: RunningOnGpu | undefined): number {
  if (running === undefined) return GUESSED_OVERHEAD_BYTES;
  const ofOne = running.gpuBytes / Math.max(1, running.engines);
  return Math.max(LEAST_OVERHEAD_BYTES, ofOne - running.weightBytes);
}
