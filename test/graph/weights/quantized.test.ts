import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Checkpoint } from '../../../src/graph/safetensors/checkpoint.ts';
import { TensorReader } from '../../../src/graph/safetensors/read-tensor.ts';
import type { StoredTensor } from '../../../src/graph/safetensors/stored-tensor.ts';
import { channelWidths, inverseWidths } from '../../../src/graph/weights/channel-widths.ts';
import { converted } from '../../../src/graph/weights/converted.ts';
import { quantized } from '../../../src/graph/weights/quantized.ts';
import type { Recipe } from '../../../src/graph/weights/recipe.ts';
import { WeightPlan } from '../../../src/graph/weights/weight-plan.ts';
import { scratchDirectory } from '../../support/directories.ts';
import { float32Tensor, safetensors, type WrittenTensor } from '../../support/safetensors.ts';

async function withTensors<T>(
  tensors: readonly WrittenTensor[],
  use: (
    stored: ReadonlyMap<string, StoredTensor>,
    make: (recipe: Recipe) => Promise<ArrayBuffer>,
  ) => Promise<T>,
): Promise<T> {
  await using scratch = await scratchDirectory();
  await writeFile(join(scratch.path, 'model.safetensors'), safetensors(tensors));
  await using reader = new TensorReader(scratch.path);
  const make = async (recipe: Recipe): Promise<ArrayBuffer> => {
    const parts: Uint8Array[] = [];
    await recipe.make(reader, async (bytes) => void parts.push(bytes.slice()));
    return new Uint8Array(Buffer.concat(parts)).buffer;
  };
  return await use((await Checkpoint.open(scratch.path)).tensors, make);
}

const float = fc.float({ min: -100, max: 100, noNaN: true });
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }))
  .chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      values: fc.array(float, { minLength: rows * columns, maxLength: rows * columns }),
    }),
  );

describe('a quantized matrix', () => {
  it.each([7, 8] as const)('is within half a step of the original with %i bits, and turned', async (bits) => {
    await fc.assert(
      fc.asyncProperty(matrix, async ({ rows, columns, values }) => {
        await withTensors([float32Tensor('w', [rows, columns], values)], async (stored, make) => {
          const recipe = quantized(stored.get('w') as StoredTensor, bits);
          const integers = new Int8Array(await make(recipe.values));
          const scales = new Float32Array(await make(recipe.scales));
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++) {
              const integer = integers[column * rows + row] as number;
              const scale = scales[row] as number;
              expect(Math.abs(integer)).toBeLessThanOrEqual(2 ** (bits - 1) - 1);
              const original = Math.fround(values[row * columns + column] as number);
              expect(Math.abs(integer * scale - original)).toBeLessThanOrEqual(scale * 0.501);
            }
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('takes over what a layer norm makes wide', async () => {
    await withTensors([float32Tensor('w', [1, 2], [1, 1])], async (stored, make) => {
      const widths = channelWidths({ norm: [4, 32] }, 'norm');
      const recipe = quantized(stored.get('w') as StoredTensor, 8, widths);
      const inverse = inverseWidths(widths, 'norm');
      expect(Array.from(new Float32Array(await make(inverse)))).toEqual([1 / 4, 1 / 32]);
      expect(Array.from(new Int8Array(await make(recipe.values)))).toEqual([16, 127]);
      expect(new Float32Array(await make(recipe.scales))[0]).toBeCloseTo(32 / 127);
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('can not be made of %f', async (value) => {
    await withTensors([float32Tensor('w', [1, 2], [1, value])], async (stored, make) => {
      await expect(make(quantized(stored.get('w') as StoredTensor, 8).values)).rejects.toThrow(
        /w holds a value that is not a number/,
      );
    });
  });
});

describe('a converted tensor', () => {
  it('is rounded to half precision, and refused where that has no such number', async () => {
    await withTensors(
      [float32Tensor('w', [2], [0.1, 65_504]), float32Tensor('x', [1], [70_000])],
      async (stored, make) => {
        const halves = new Float16Array(await make(converted(stored.get('w') as StoredTensor, 'float16')));
        expect(Array.from(halves)).toEqual([Math.f16round(0.1), 65_504]);
        await expect(make(converted(stored.get('x') as StoredTensor, 'float16'))).rejects.toThrow(
          /"x" holds 70000/,
        );
      },
    );
  });
});

describe('the plan of weights', () => {
  it('maps what can be mapped and gives the rest places that do not overlap', async () => {
    const tensors = [
      float32Tensor('a', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
      { name: 'h', dtype: 'F16', shape: [3], bytes: new Uint8Array(6) },
    ];
    await withTensors(tensors, async (stored) => {
      const plan = new WeightPlan(stored);
      expect(plan.as('float32', 'a', [4, 2]).data).toMatchObject({
        location: 'model.safetensors',
        length: 32,
      });
      expect(plan.as('float32', 'a', [2, 2], { index: 1, of: 2 }).data).toMatchObject({
        offset: (stored.get('a')?.offset ?? 0) + 16,
        length: 16,
      });
      expect(plan.as('float32', 'h', [3]).data).toEqual({ location: 'weights.bin', offset: 0, length: 12 });
      expect(plan.as('float32', 'h', [3]).data).toEqual({ location: 'weights.bin', offset: 64, length: 12 });
      expect(plan.bytes).toBe(76);
      expect(plan.asStored('h', [3])).toMatchObject({
        type: 'float16',
        data: { location: 'model.safetensors' },
      });
    });
  });

  it('names what is missing, misshapen or of the wrong type', async () => {
    const tensors = [
      float32Tensor('a', [2], [1, 2]),
      { name: 'i', dtype: 'I32', shape: [1], bytes: new Uint8Array(4) },
    ];
    await withTensors(tensors, async (stored) => {
      const plan = new WeightPlan(stored);
      expect(() => plan.find('z', [3])).toThrow(/no tensor "z" \(\[3\]\)/);
      expect(() => plan.find('a', [3])).toThrow(
        /"a" in model\.safetensors has the shape \[2\]; by config\.json it must be \[3\]/,
      );
      expect(() => plan.find('i', [1])).toThrow(/"i".*type I32/);
    });
  });
});
