import type { Device } from '../engine/protocol.ts';
import type { ServableGraph } from './loadable-model.ts';

const GPU_TOKENS = 16_384;

/** On a CPU, larger batches push the activations of the feed-forward out of the second-level cache: docs/performance.md. */
const CPU_TOKENS: Readonly<Record<ServableGraph['dtype'], number>> = {
  fp32: 256,
  fp16: 256,
  // Activations are quantized by the range of a whole batch: together, pairs would change each other's scores.
  int8: 1,
  'as exported': 1024,
};

/** Tokens of a batch when RERANK_MAX_BATCH_TOKENS leaves it open. A pair that is longer makes a batch of its own. */
export function autoBatchTokens(device: Device, dtype: ServableGraph['dtype']): number {
  return device === 'cpu' ? CPU_TOKENS[dtype] : GPU_TOKENS;
}
