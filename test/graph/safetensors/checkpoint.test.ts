import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoint, listCheckpointFiles } from '../../../src/graph/safetensors/checkpoint.ts';
import { readHeader } from '../../../src/graph/safetensors/header.ts';
import { TensorReader } from '../../../src/graph/safetensors/read-tensor.ts';
import { scratchDirectory } from '../../support/directories.ts';
import { float32Tensor, safetensors } from '../../support/safetensors.ts';

describe('a safetensors checkpoint', () => {
  let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
  beforeEach(async () => {
    scratch = await scratchDirectory();
  });
  afterEach(() => scratch[Symbol.asyncDispose]());
  const write = (name: string, content: string | Uint8Array) => writeFile(join(scratch.path, name), content);
  const shard = (name: string, values: readonly number[]) =>
    safetensors([float32Tensor(name, [values.length], values)]);
  const index = (map: Record<string, string>) =>
    write('model.safetensors.index.json', JSON.stringify({ weight_map: map }));

  it('may be missing', async () => {
    expect(await listCheckpointFiles(scratch.path)).toBeUndefined();
    await expect(Checkpoint.open(scratch.path)).rejects.toThrow(/no model\.safetensors/);
  });

  it('may lie in several files', async () => {
    await write('model-00001-of-00002.safetensors', shard('a', [1, 2]));
    await write('model-00002-of-00002.safetensors', shard('b', [3]));
    await index({ a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' });
    const { files, tensors } = await Checkpoint.open(scratch.path);
    expect(files).toEqual([
      'model.safetensors.index.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ]);
    expect([...tensors.keys()].toSorted()).toEqual(['a', 'b']);
    await using reader = new TensorReader(scratch.path);
    const value = new Float32Array(1);
    await reader.readFloat32(tensors.get('b') as never, 0, 1, value);
    expect(value[0]).toBe(3);
  });

  it('is refused when a tensor is in two files, or not where the index says', async () => {
    await write('x.safetensors', shard('a', [1]));
    await write('y.safetensors', shard('a', [2]));
    await index({ a: 'x.safetensors', b: 'y.safetensors' });
    await expect(Checkpoint.open(scratch.path)).rejects.toThrow(
      /"a" is both in x\.safetensors and in y\.safetensors/,
    );
    await write('y.safetensors', shard('c', [2]));
    await expect(Checkpoint.open(scratch.path)).rejects.toThrow(
      /"b" is in y\.safetensors, but it is in none/,
    );
  });

  it.each([
    '../x.safetensors',
    '/x.safetensors',
    'a/x.safetensors',
    'a\\x.safetensors',
    '..safetensors',
    'x.bin',
    '',
  ])('never follows its index to "%s"', async (name) => {
    await index({ a: name });
    await expect(listCheckpointFiles(scratch.path)).rejects.toThrow(/no name of a safetensors file/);
  });

  it.each([
    '{',
    '[]',
    '{"weight_map":[]}',
    '{"weight_map":{"a":1}}',
    '{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}',
  ])('is refused with the index %s', async (text) => {
    await write('model.safetensors.index.json', text);
    await expect(listCheckpointFiles(scratch.path)).rejects.toThrow(
      /model\.safetensors\.index\.json can't be read/,
    );
  });

  it('is refused where a directory takes the place of the file', async () => {
    await mkdir(join(scratch.path, 'model.safetensors'));
    await expect(readHeader(join(scratch.path, 'model.safetensors'), 'model.safetensors')).rejects.toThrow(
      /not a regular file/,
    );
  });

  it('is widened bit by bit, across the borders of chunks', async () => {
    const count = 2 ** 19 + 3;
    const halves = Uint16Array.from(
      { length: count },
      (_, i) => [0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00][i % 5] ?? 0,
    );
    const brains = Uint16Array.from(
      { length: count },
      (_, i) => [0x3f80, 0xc000, 0x0001, 0x7f80, 0x7fc0][i % 5] ?? 0,
    );
    const file = safetensors([
      { name: 'f16', dtype: 'F16', shape: [count], bytes: new Uint8Array(halves.buffer) },
      { name: 'bf16', dtype: 'BF16', shape: [count], bytes: new Uint8Array(brains.buffer) },
      { name: 'f64', dtype: 'F64', shape: [1], bytes: new Uint8Array(Float64Array.of(0.1).buffer) },
      { name: 'i8', dtype: 'I8', shape: [1], bytes: new Uint8Array(1) },
    ]);
    await write('model.safetensors', file);
    const { tensors } = await Checkpoint.open(scratch.path);
    await using reader = new TensorReader(scratch.path);
    const read = async (name: string, size: number): Promise<Float32Array> => {
      const values = new Float32Array(size);
      await reader.readFloat32(tensors.get(name) as never, 0, size, values);
      return values;
    };
    const expected = {
      f16: [1, -2, 2 ** -24, Infinity, Number.NaN],
      bf16: [1, -2, 2 ** -133, Infinity, Number.NaN],
    };
    for (const name of ['f16', 'bf16'] as const) {
      const values = await read(name, count);
      expect(Array.from(values.subarray(0, 5))).toEqual(expected[name]);
      expect(Array.from(values.subarray(count - 3))).toEqual(
        [0, 1, 2].map((k) => expected[name][(count - 3 + k) % 5]),
      );
    }
    expect((await read('f64', 1))[0]).toBe(Math.fround(0.1));
    await expect(read('i8', 1)).rejects.toThrow(/"i8".*type I8/);
  });
});
