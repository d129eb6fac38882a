import type { TensorReader } from '../safetensors/read-tensor.ts';

/** Takes the bytes of one tensor, in order. */
type Sink = (bytes: Uint8Array) => Promise<void>;

/** Makes the bytes of one tensor out of tensors of a checkpoint. */
export interface Recipe {
  readonly label: string;
  make(reader: TensorReader, sink: Sink): Promise<void>;
}
