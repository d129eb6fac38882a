import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidCheckpoint } from './invalid-checkpoint.ts';
import { type StoredTensor, storedTypeBytes } from './stored-tensor.ts';

/** Elements converted at a time, so that the buffer stays small whatever the tensor. */
const CHUNK = 2 ** 19;

/** Reads values of a checkpoint as single precision numbers. */
export class TensorReader implements AsyncDisposable {
  readonly #directory: string;
  readonly #files = new Map<string, FileHandle>();
  readonly #scratch = new ArrayBuffer(CHUNK * storedTypeBytes.F64);

  /** @param directory of the checkpoint; files are opened when they are first read */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads `count` values of a tensor into the start of `target`, whatever float type they are stored in.
   * @param first index of the first value
   * @throws InvalidCheckpoint when the file has become shorter than its header says
   */
  async readFloat32(tensor: StoredTensor, first: number, count: number, target: Float32Array): Promise<void> {
    const file = await this.#open(tensor.file);
    const elementBytes = storedTypeBytes[tensor.type];
    const offset = tensor.offset + first * elementBytes;
    if (tensor.type === 'F32') {
      await readFully(
        file,
        new Uint8Array(target.buffer, target.byteOffset, count * elementBytes),
        offset,
        tensor,
      );
      return;
    }
    for (let done = 0; done < count; done += CHUNK) {
      const chunk = Math.min(CHUNK, count - done);
      const bytes = new Uint8Array(this.#scratch, 0, chunk * elementBytes);
      await readFully(file, bytes, offset + done * elementBytes, tensor);
      convert(tensor, this.#scratch, target.subarray(done, done + chunk));
    }
  }

  /** All values of a tensor, in their order. */
  async readAll(tensor: StoredTensor): Promise<Float32Array> {
    const values = new Float32Array(tensor.shape.reduce((product, size) => product * size, 1));
    await this.readFloat32(tensor, 0, values.length, values);
    return values;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files.values()) await file.close();
    this.#files.clear();
  }

  async #open(name: string): Promise<FileHandle> {
    const file = this.#files.get(name) ?? (await open(join(this.#directory, name), 'r'));
    this.#files.set(name, file);
    return file;
  }
}

async function readFully(
  file: FileHandle,
  bytes: Uint8Array,
  at: number,
  { name, file: fileName }: StoredTensor,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, at + done);
    if (bytesRead === 0)
      throw new InvalidCheckpoint(`${fileName} ends inside tensor "${name}": it has become shorter.`);
    done += bytesRead;
  }
}

function convert({ type, name, file }: StoredTensor, stored: ArrayBuffer, target: Float32Array): void {
  const count = target.length;
  if (type === 'F16') target.set(new Float16Array(stored, 0, count));
  else if (type === 'F64') target.set(new Float64Array(stored, 0, count));
  else if (type === 'BF16') {
    // bfloat16 is the upper half of a float32.
    const halves = new Uint16Array(stored, 0, count);
    const words = new Uint32Array(target.buffer, target.byteOffset, count);
    for (let index = 0; index < count; index++) words[index] = (halves[index] as number) << 16;
  } else
    throw new InvalidCheckpoint(`Tensor "${name}" in ${file} is of type ${type}, which holds no weights.`);
}
