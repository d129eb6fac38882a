import { readFile } from 'node:fs/promises';

export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
  readonly bytes: Buffer;
}

export interface StoredTensors {
  readonly metadata: unknown;
  readonly headerBytes: number;
  readonly dataBytes: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Reads a safetensors file, trusting it no further than a test should. */
export async function readSafetensors(path: string): Promise<StoredTensors> {
  const file = await readFile(path);
  const headerBytes = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerBytes)) as Record<string, StoredTensor>;
  const { __metadata__: metadata, ...entries } = header;
  const data = file.subarray(8 + headerBytes);
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => {
      const [begin, end] = entry.data_offsets;
      return [name, { ...entry, bytes: data.subarray(begin, end) }] as const;
    }),
  );
  return { metadata, headerBytes, dataBytes: data.byteLength, tensors };
}

/** The numbers of a float32 tensor. */
export function floats({ bytes }: StoredTensor): Float32Array {
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => bytes.readFloatLE(4 * index));
}
