import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredTensor } from './stored-tensor.ts';
export class TensorReader {
  #files = new Map<string, FileHandle>();
  #dir: string;
  constructor(dir: string) {
    this.#dir = dir;
  }
  static async open(dir: string): Promise<TensorReader> {
    return new TensorReader(dir);
  }
  async readFloat32(t: StoredTensor, first: number, count: number, target: Float32Array): Promise<void> {
    const f = this.#files.get(t.file) ?? (await open(join(this.#dir, t.file), 'r'));
    this.#files.set(t.file, f);
    const size = t.type === 'F32' ? 4 : 2;
    const b = Buffer.alloc(count * size);
    await f.read(b, 0, b.length, t.offset + first * size);
    for (let i = 0; i < count; i++) {
      if (size === 4) target[i] = b.readFloatLE(i * 4);
      else if (t.type === 'F16')
        target[i] = new Float16Array(
          b.buffer.slice(b.byteOffset + i * 2, b.byteOffset + i * 2 + 2),
        )[0] as number;
      else {
        const u = new Uint32Array([b.readUInt16LE(i * 2) << 16]);
        target[i] = new Float32Array(u.buffer)[0] as number;
      }
    }
  }
  async [Symbol.asyncDispose](): Promise<void> {
    for (const f of this.#files.values()) await f.close();
  }
}
