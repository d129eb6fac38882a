import { type Dtype, dtypes } from './dtype.ts';
import { bytesOf, type Shard } from './shards.ts';
import type { TensorSpec } from './tensor-spec.ts';

/** The order in which the safetensors library lays tensors of one dtype out: by name. */
export function tensorsInFile(shard: Shard): TensorSpec[] {
  return shard.tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * What a safetensors file begins with (https://github.com/huggingface/safetensors): u64 length of the header, then the
 * header in JSON, padded with spaces so that the weights start on a multiple of eight.
 */
export function shardHeader(shard: Shard, dtype: Dtype): Uint8Array {
  const entries: Record<string, object> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const tensor of tensorsInFile(shard)) {
    const end = offset + bytesOf(tensor, dtype);
    entries[tensor.name] = {
      dtype: dtypes[dtype].safetensorsName,
      shape: tensor.shape,
      data_offsets: [offset, end],
    };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(entries));
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  json.copy(bytes, 8);
  return bytes;
}
