/** Forms in which a model can be served. */
export type Dtype = 'auto' | 'fp32' | 'fp16' | 'int8';

/** Pairs that a model must answer in a known way, written by whoever trained it. It is a part of the model. */
export const GOLDEN_FILE = 'golden.json';

/** The most bytes that make sense for a file of that name. */
export const MAX_BYTES: Readonly<Record<string, number>> = {
  'config.json': 2 ** 20,
  'tokenizer_config.json': 16 * 2 ** 20,
  'special_tokens_map.json': 16 * 2 ** 20,
  'tokenizer.json': 256 * 2 ** 20,
  'model.safetensors.index.json': 16 * 2 ** 20,
  [GOLDEN_FILE]: 64 * 2 ** 20,
};

/** File names that exporters (optimum, transformers.js, onnx-community) use, by dtype, in order of preference. */
const STEMS: Readonly<Record<Exclude<Dtype, 'auto'>, readonly string[]>> = {
  fp32: ['model'],
  fp16: ['model_fp16'],
  int8: ['model_quantized', 'model_int8'],
};

/** Names under which an ONNX export in that dtype may lie, the preferred one first. */
export function exportNames(dtype: Dtype): string[] {
  const stems = dtype === 'auto' ? Object.values(STEMS).flat() : STEMS[dtype];
  return stems.flatMap((stem) => [`onnx/${stem}.onnx`, `${stem}.onnx`]);
}
