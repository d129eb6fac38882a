import { type ElementType, elementBytes } from './element-type.ts';

/** Where a tensor's bytes lie when they are outside the model file: TensorProto.external_data. */
export interface ExternalLocation {
  /** File name, relative to the model's folder. */
  readonly location: string;
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** What kernels made of the values, ready to be mapped: see onnx/prepacked.ts. */
  readonly prepacked?: readonly string[];
}

/** A constant tensor in row-major order: its bytes, little-endian, or the place where they lie. */
export interface Tensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Uint8Array | ExternalLocation;
}

/** The values that `tensor` takes for an element type; float16 and bfloat16 values are bit patterns. */
type TensorValues = ArrayLike<number> | ArrayLike<bigint>;

/**
 * A tensor with its values inside the model file.
 *
 * @param dims its shape, outermost dimension first; `[]` is a scalar
 * @param values row-major; numbers, or bigints for int64 values beyond 2^53; float16 and bfloat16 as 16-bit patterns
 * @throws RangeError when the shape doesn't hold exactly these values
 */
export function tensor(type: ElementType, dims: readonly number[], values: TensorValues): Tensor {
  requireElements(dims, values.length);
  const size = elementBytes[type];
  const data = new Uint8Array(values.length * size);
  const view = new DataView(data.buffer);
  for (let index = 0; index < values.length; index++) {
    setElement(view, index * size, type, values[index] ?? 0);
  }
  return { type, dims, data };
}

/**
 * A tensor whose values lie in another file, such as a range of a safetensors file.
 *
 * @throws RangeError when the range's length doesn't fit the shape
 */
export function externalTensor(type: ElementType, dims: readonly number[], data: ExternalLocation): Tensor {
  requireElements(dims, data.length / elementBytes[type]);
  return { type, dims, data };
}

function requireElements(dims: readonly number[], actual: number): void {
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (actual !== expected) {
    throw new RangeError(`shape [${dims.join(', ')}] holds ${expected} elements, not ${actual}`);
  }
}

function setElement(view: DataView, offset: number, type: ElementType, value: number | bigint): void {
  switch (type) {
    case 'float32':
      return view.setFloat32(offset, Number(value), true);
    case 'float64':
      return view.setFloat64(offset, Number(value), true);
    case 'int64':
      return view.setBigInt64(offset, BigInt(value), true);
    case 'int32':
      return view.setInt32(offset, Number(value), true);
    case 'int16':
      return view.setInt16(offset, Number(value), true);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return view.setUint16(offset, Number(value), true);
    case 'int8':
      return view.setInt8(offset, Number(value));
    case 'uint8':
    case 'bool':
      return view.setUint8(offset, Number(value));
  }
}
