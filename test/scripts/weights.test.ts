import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architectureNames } from '../../scripts/synthesize/architectures/architecture.ts';
import { architectures } from '../../scripts/synthesize/architectures/registry.ts';
import { shapeOf } from '../../scripts/synthesize/request.ts';
import { floats, readSafetensors } from './support/safetensors.ts';
import { readJson, synthesized, tensorsOf } from './support/synthesized.ts';

const weights = async (directory: string) => await readFile(join(directory, 'model.safetensors'));

describe('synthesized weights', () => {
  it('are the same bytes for the same seed and others for another', async () => {
    const first = await weights(await synthesized({ seed: 7 }));
    const again = await weights(await synthesized({ seed: 7 }));
    const other = await weights(await synthesized({ seed: 8 }));
    expect(again.equals(first)).toBe(true);
    expect(other.byteLength).toBe(first.byteLength);
    expect(other.equals(first)).toBe(false);
  });

  it('are the same tensor by tensor in however many files', async () => {
    const whole = await tensorsOf(await synthesized({ architecture: 'deberta-v2' }));
    const directory = await synthesized({ architecture: 'deberta-v2', maxShardBytes: 30_000 });
    const sharded = await tensorsOf(directory);
    expect([...sharded.keys()].toSorted()).toEqual([...whole.keys()].toSorted());
    for (const [name, { bytes, shape }] of whole) {
      expect(sharded.get(name)?.shape, name).toEqual(shape);
      expect(sharded.get(name)?.bytes.equals(bytes), name).toBe(true);
    }
    expect(await readdir(directory)).not.toContain('model.safetensors');
  });

  it('lie in files no larger than asked for, but for tensors that are', async () => {
    const limit = 30_000;
    const directory = await synthesized({ maxShardBytes: limit });
    const index = await readJson(directory, 'model.safetensors.index.json');
    const map = index.weight_map as Record<string, string>;
    const files = [...new Set(Object.values(map))].toSorted();
    expect(files.length).toBeGreaterThan(2);
    let total = 0;
    let previous = limit;
    for (const [number, file] of files.entries()) {
      const counted = String(number + 1).padStart(5, '0');
      expect(file).toBe(`model-${counted}-of-${String(files.length).padStart(5, '0')}.safetensors`);
      const { tensors, dataBytes } = await readSafetensors(join(directory, file));
      for (const name of tensors.keys()) expect(map[name], name).toBe(file);
      expect(tensors.size === 1 || dataBytes <= limit, file).toBe(true);
      // No file is closed before the next tensor would have been too much for it.
      if (dataBytes <= limit && previous <= limit) expect(previous + dataBytes, file).toBeGreaterThan(limit);
      previous = dataBytes;
      total += dataBytes;
    }
    expect(index.metadata).toEqual({ total_parameters: total / 4, total_size: total });
  });

  it.each(architectureNames)('have a header that a strict reader takes: %s', async (architecture) => {
    const directory = await synthesized({ architecture });
    const path = join(directory, 'model.safetensors');
    const { metadata, headerBytes, dataBytes, tensors } = await readSafetensors(path);
    expect(metadata).toEqual({ format: 'pt' });
    expect(headerBytes % 8).toBe(0);
    let end = 0;
    for (const [name, { dtype, shape, data_offsets }] of tensors) {
      expect(data_offsets[0], name).toBe(end);
      expect(data_offsets[1] - data_offsets[0], name).toBe(4 * shape.reduce((a, b) => a * b, 1));
      expect(dtype).toBe('F32');
      end = data_offsets[1];
    }
    expect(end).toBe(dataBytes);
    expect((await stat(path)).size).toBe(8 + headerBytes + dataBytes);
    const planned = architectures[architecture].tensors(shapeOf(architecture, 'tiny'), 1);
    expect([...tensors.keys()]).toEqual(planned.map(({ name }) => name).toSorted());
    expect(dataBytes).toBeLessThan(1e6);
  });

  it('are spread as planned, without a number that is out of proportion', async () => {
    const tensors = await tensorsOf(await synthesized({ architecture: 'modernbert' }));
    for (const { name, mean, deviation } of architectures.modernbert.tensors(
      shapeOf('modernbert', 'tiny'),
      1,
    )) {
      const stored = tensors.get(name);
      if (stored === undefined) throw new Error(`no tensor ${name}`);
      const numbers = floats(stored);
      const average = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length;
      // Five standard errors of a mean and of a standard deviation.
      const tolerance = (5 * deviation) / Math.sqrt(numbers.length);
      expect(Math.abs(average - mean), name).toBeLessThan(tolerance);
      expect(Math.abs(Math.sqrt(variance) - deviation), name).toBeLessThan(tolerance);
      const farthest = numbers.reduce((most, number) => Math.max(most, Math.abs(number - mean)), 0);
      expect(farthest, name).toBeLessThan(3.6 * deviation);
    }
  });

  it('have nothing to do with their neighbours', async () => {
    const stored = (await tensorsOf(await synthesized())).get('bert.embeddings.word_embeddings.weight');
    if (stored === undefined) throw new Error('no word embeddings');
    const numbers = floats(stored);
    for (const distance of [1, 2, 32]) {
      const products = numbers.subarray(distance).map((number, index) => number * (numbers[index] ?? 0));
      const correlation = products.reduce((a, b) => a + b, 0) / products.length;
      // Six standard errors, for numbers of variance one.
      expect(Math.abs(correlation), `${distance} apart`).toBeLessThan(6 / Math.sqrt(products.length));
    }
  });

  it('are the nearest numbers of the smaller formats', async () => {
    const [full, half, brain] = await Promise.all(
      (['fp32', 'fp16', 'bf16'] as const).map(async (dtype) => await tensorsOf(await synthesized({ dtype }))),
    );
    const view = new DataView(new ArrayBuffer(4));
    for (const [name, stored] of full ?? []) {
      const halfBytes = half?.get(name)?.bytes ?? Buffer.alloc(0);
      const brainBytes = brain?.get(name)?.bytes ?? Buffer.alloc(0);
      const wrong = floats(stored).filter((number, index) => {
        view.setUint16(0, halfBytes.readUInt16LE(2 * index));
        const asHalf = view.getFloat16(0);
        view.setUint32(0, brainBytes.readUInt16LE(2 * index) << 16);
        const asBrain = view.getFloat32(0);
        // Eight bits of precision: the nearest is at most half a step away, 2^-8 of the power of two below.
        const halfStep = 2 ** (Math.floor(Math.log2(Math.abs(number))) - 8);
        return asHalf !== Math.f16round(number) || Math.abs(asBrain - number) > halfStep;
      });
      expect(Array.from(wrong), name).toEqual([]);
    }
    expect(half?.get('classifier.weight')?.dtype).toBe('F16');
    expect(brain?.get('classifier.weight')?.dtype).toBe('BF16');
  });

  it('have a row for each label', async () => {
    const directory = await synthesized({ architecture: 'xlm-roberta', labels: 3 });
    const tensors = await tensorsOf(directory);
    expect(tensors.get('classifier.out_proj.weight')?.shape).toEqual([3, 32]);
    expect(await readJson(directory, 'config.json')).toMatchObject({
      id2label: { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' },
      label2id: { LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 },
    });
  });
});
