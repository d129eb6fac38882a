import type { JsonObject } from '../python-json.ts';
import { type Dtype, dtypes } from './dtype.ts';
import { elementsOf, type TensorSpec } from './tensor-spec.ts';

/** A weights file and the tensors in it. */
export interface Shard {
  readonly file: string;
  readonly tensors: readonly TensorSpec[];
}

/**
 * Deals tensors, in the model's order, out to files of at most `maxBytes` of weights, by the rule and with the names of
 * huggingface_hub's `split_torch_state_dict_into_shards`: a tensor that is larger by itself gets a file of its own,
 * ahead of the file that is being filled.
 */
export function planShards(tensors: readonly TensorSpec[], dtype: Dtype, maxBytes: number): Shard[] {
  const filled: TensorSpec[][] = [];
  let current: TensorSpec[] = [];
  let currentBytes = 0;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor, dtype);
    if (bytes > maxBytes) {
      filled.push([tensor]);
      continue;
    }
    if (currentBytes + bytes > maxBytes) {
      filled.push(current);
      current = [];
      currentBytes = 0;
    }
    current.push(tensor);
    currentBytes += bytes;
  }
  if (current.length > 0) filled.push(current);
  const [only, second] = filled;
  if (only !== undefined && second === undefined) return [{ file: 'model.safetensors', tensors: only }];
  return filled.map((group, index) => ({
    file: `model-${fiveDigits(index + 1)}-of-${fiveDigits(filled.length)}.safetensors`,
    tensors: group,
  }));
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, '0');
}

/** The contents of model.safetensors.index.json. */
export function shardIndex(shards: readonly Shard[], dtype: Dtype): JsonObject {
  const tensors = shards.flatMap((shard) => shard.tensors);
  const parameters = tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0);
  return {
    metadata: { total_parameters: parameters, total_size: parameters * dtypes[dtype].bytes },
    weight_map: Object.fromEntries(
      shards.flatMap(({ file, tensors: within }) => within.map(({ name }) => [name, file])),
    ),
  };
}

export function bytesOf(tensor: TensorSpec, dtype: Dtype): number {
  return elementsOf(tensor) * dtypes[dtype].bytes;
}
