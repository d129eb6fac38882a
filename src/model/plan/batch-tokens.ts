import type { Device } from '../../engine/protocol.ts';
import type { ServableGraph } from '../servable-graph.ts';

/**
 * Tokens of a batch on a GPU. On a datacentre card the products of a model of 24 layers and 1,024 columns have long reached
 * their full speed at some thousand rows; 16,384 take about 25 ms there, which is what the next request waits for, and 128 MiB for
 * the widest layer. A card behind WebGPU may bind no more than 128 MiB at once: 4,096 rows of such a layer in fp32 have half of
 * that.
 */
const GPU_TOKENS: Readonly<Record<Exclude<Device, 'cpu'>, number>> = { cuda: 16_384, webgpu: 4_096 };

/** Each row has its own blocks in the attention kernels and its own place in their tables, however short it is. */
const GPU_ROWS = 1_024;

/**
 * A request that comes waits for the batch that runs and for the one behind it. A card that is slower than the budget of tokens
 * assumes gets smaller batches.
 */
const GPU_MS = 50;

/**
 * Tokens of a batch that are worth trying on a CPU, the usual best first. Larger ones push the activations of the feed-forward
 * out of the second-level cache: docs/performance.md.
 */
const CPU_TOKENS: Readonly<Record<ServableGraph['dtype'], readonly [number, ...number[]]>> = {
  fp32: [256, 1, 1024],
  fp16: [256, 1, 1024],
  // Activations are quantized by the range of a whole batch: together, pairs would change each other's scores.
  int8: [1],
  'as exported': [1024, 1, 256],
};

/** Tokens of a batch when RERANK_MAX_BATCH_TOKENS leaves it open. A pair that is longer makes a batch of its own. */
export function autoBatchTokens(device: Device, dtype: ServableGraph['dtype']): number {
  return device === 'cpu' ? CPU_TOKENS[dtype][0] : GPU_TOKENS[device];
}

/** What bounds a batch beside its tokens. */
export interface BatchBounds {
  readonly maxBatchRows?: number;
  /** Milliseconds. */
  readonly maxBatchMs?: number;
}

/** On a CPU batches are so small that tokens alone bound them. */
export function batchBounds(device: Device): BatchBounds {
  return device === 'cpu' ? {} : { maxBatchRows: GPU_ROWS, maxBatchMs: GPU_MS };
}

/** What to try for it, on a CPU. */
export function batchTokensToTry(dtype: ServableGraph['dtype']): readonly number[] {
  return CPU_TOKENS[dtype];
}
