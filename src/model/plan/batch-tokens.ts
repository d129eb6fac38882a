import type { Device } from '../../engine/protocol.ts';
import type { ServableGraph } from '../loadable-model.ts';

const GPU_TOKENS = 16_384;

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
  return device === 'cpu' ? CPU_TOKENS[dtype][0] : GPU_TOKENS;
}

/** What to try for it, on a CPU. */
export function batchTokensToTry(dtype: ServableGraph['dtype']): readonly number[] {
  return CPU_TOKENS[dtype];
}
