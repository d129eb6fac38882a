import { findArchitecture } from './architectures/registry.ts';
import type { GraphForm, GraphFormat } from './plan-model.ts';

/** The forms of a graph that are worth comparing on a GPU, by name. */
export const GRAPH_FORMS: Readonly<Record<string, GraphForm>> = {
  padded: { tokens: 'padded', fuses: false },
  'padded, fused': { tokens: 'padded', fuses: true },
  packed: { tokens: 'packed', fuses: false },
  'packed, fused': { tokens: 'packed', fuses: true },
  masked: { tokens: 'masked', fuses: false },
  'masked, fused': { tokens: 'masked', fuses: true },
};

/**
 * How a checkpoint is written for a GPU: packed and fused in half precision on CUDA, where the kernels for it are; in single
 * precision padded, since that is what half precision is compared with.
 * @param config the parsed config.json
 * @throws InvalidCheckpoint when it is of an architecture that can't be built
 */
export function gpuFormat(config: unknown, dtype: 'fp32' | 'fp16', device: 'cuda' | 'webgpu'): GraphFormat {
  const form = { tokens: tokensOn(config, dtype, device), fuses: true };
  return dtype === 'fp32' ? { dtype, form } : { dtype, hasHalf: true, form };
}

function tokensOn(config: unknown, dtype: 'fp32' | 'fp16', device: 'cuda' | 'webgpu'): GraphForm['tokens'] {
  if (device === 'webgpu') return 'masked';
  // The number of labels says nothing about the encoder.
  return dtype === 'fp16' && findArchitecture(config)(config, 1).packs ? 'packed' : 'padded';
}

/** Whether all of it has kernels on the device. In DeBERTa's, sizes are computed, which ONNX Runtime does on the CPU. */
export function runsWholly(config: unknown): boolean {
  return !findArchitecture(config)(config, 1).computesSizes;
}
