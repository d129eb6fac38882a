/** A number format that a checkpoint's weights can be stored in, by the name of its flag. */
export type Dtype = keyof typeof dtypes;

interface DtypeFacts {
  /** What config.json calls it. */
  readonly torchName: string;
  /** What a safetensors header calls it. */
  readonly safetensorsName: string;
  readonly bytes: 2 | 4;
}

export const dtypes = {
  fp32: { torchName: 'float32', safetensorsName: 'F32', bytes: 4 },
  fp16: { torchName: 'float16', safetensorsName: 'F16', bytes: 2 },
  bf16: { torchName: 'bfloat16', safetensorsName: 'BF16', bytes: 2 },
} as const satisfies Record<string, DtypeFacts>;

/** Bit patterns of numbers: 32 bits each for fp32, else 16. */
export type Bits = Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** The numbers in a dtype, rounded to nearest, ties to even. They must be finite in it. */
export function bitsOf(values: Float32Array<ArrayBuffer>, dtype: Dtype): Bits {
  const wide = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (dtype === 'fp32') return wide;
  if (dtype === 'fp16') return new Uint16Array(new Float16Array(values).buffer);
  // bfloat16 is the upper half of a float32. The added bias carries exactly where the lower half rounds up.
  return Uint16Array.from(wide, (bits) => (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
}

/** An array for `length` numbers of a dtype, over memory that is reused. */
export function bitsOver(memory: ArrayBuffer, length: number, dtype: Dtype): Bits {
  return dtypes[dtype].bytes === 4 ? new Uint32Array(memory, 0, length) : new Uint16Array(memory, 0, length);
}
