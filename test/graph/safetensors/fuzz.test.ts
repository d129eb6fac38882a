import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerLength, parseHeader } from '../../../src/graph/safetensors/header.ts';
import { InvalidCheckpoint } from '../../../src/graph/safetensors/invalid-checkpoint.ts';
import { type StoredTensor, storedTypeBytes } from '../../../src/graph/safetensors/stored-tensor.ts';
import { float32Tensor, safetensors, withHeader } from '../../support/safetensors.ts';

const RUNS = 12_000;

const seeds = [
  safetensors([float32Tensor('a', [2, 2], [1, 2, 3, 4])]),
  safetensors(
    [
      float32Tensor('encoder.layer.0.weight', [3, 1], [1, 2, 3]),
      { name: 'half', dtype: 'BF16', shape: [2], bytes: new Uint8Array(4) },
      { name: 'ids', dtype: 'I64', shape: [1, 2], bytes: new Uint8Array(16) },
    ],
    { format: 'pt' },
  ),
];

/** Numbers, texts and structures that break readers. */
const JUNK = [
  '-1',
  '1e308',
  '0.5',
  '9007199254740993',
  '"4"',
  'null',
  '[]',
  '{}',
  'true',
  '""',
  '"F16"',
  '"F32","dtype":"F32"',
  '[[[[]]]]',
  '[0,0]',
];

type Mutation = (file: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const at = (file: Buffer, share: number) => Math.floor(share * file.length);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, fc.integer({ min: 0, max: 7 })).map(([share, bit]) => (file: Buffer) => {
    const copy = Buffer.from(file);
    const index = at(copy, share);
    copy[index] = (copy[index] ?? 0) ^ (1 << bit);
    return copy;
  }),
  fc.tuple(position, fc.integer({ min: 0, max: 255 })).map(([share, byte]) => (file: Buffer) => {
    const copy = Buffer.from(file);
    copy[at(copy, share)] = byte;
    return copy;
  }),
  position.map((share) => (file: Buffer) => file.subarray(0, at(file, share))),
  fc.uint8Array({ minLength: 1, maxLength: 32 }).map((tail) => (file: Buffer) => Buffer.concat([file, tail])),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((length) => (file: Buffer) => {
    if (file.length < 8) return file;
    const copy = Buffer.from(file);
    copy.writeBigUInt64LE(length);
    return copy;
  }),
  // Edits of the JSON text that keep the length in front of it right.
  fc.tuple(position, fc.constantFrom(...JUNK)).map(
    ([share, junk]) =>
      (file: Buffer) =>
        editHeader(file, (json) => {
          const tokens = [...json.matchAll(/\d+|"[^"]*"|\[[^\]]*\]/g)];
          const token = tokens[Math.floor(share * tokens.length)];
          if (token === undefined) return json;
          return json.slice(0, token.index) + junk + json.slice(token.index + token[0].length);
        }),
  ),
  fc.tuple(position, position).map(
    ([a, b]) =>
      (file: Buffer) =>
        editHeader(file, (json) => {
          const numbers = [...json.matchAll(/\d+/g)];
          const [from, to] = [
            numbers[Math.floor(a * numbers.length)],
            numbers[Math.floor(b * numbers.length)],
          ];
          if (from === undefined || to === undefined) return json;
          return json.slice(0, from.index) + to[0] + json.slice(from.index + from[0].length);
        }),
  ),
  fc
    .integer({ min: 1, max: 5000 })
    .map(
      (depth) => (file: Buffer) =>
        editHeader(file, (json) => `${json.slice(0, -1)},"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    ),
);

function editHeader(file: Buffer, edit: (json: string) => string): Buffer {
  if (file.length < 8) return file;
  const length = Number(file.readBigUInt64LE());
  if (length > file.length - 8) return file;
  return withHeader(edit(file.subarray(8, 8 + length).toString('latin1')), file.subarray(8 + length));
}

function read(file: Buffer): readonly StoredTensor[] | InvalidCheckpoint {
  try {
    const length = headerLength(file.subarray(0, 8), file.length, 'f');
    return parseHeader(file.subarray(8, 8 + length), file.length, 'f');
  } catch (error) {
    if (error instanceof InvalidCheckpoint) return error;
    throw error;
  }
}

/** Recomputed here, not asked of the reader: every byte behind the header belongs to exactly one tensor. */
function expectSound(tensors: readonly StoredTensor[], file: Buffer): void {
  const owners = new Uint8Array(file.length);
  owners.fill(1, 0, 8 + Number(file.readBigUInt64LE()));
  for (const { shape, type, offset, length } of tensors) {
    expect(length).toBe(shape.reduce((product, size) => product * size, storedTypeBytes[type]));
    expect(offset + length).toBeLessThanOrEqual(file.length);
    for (let index = offset; index < offset + length; index++) owners[index] = (owners[index] ?? 0) + 1;
  }
  expect(owners.every((count) => count === 1)).toBe(true);
  expect(new Set(tensors.map(({ name }) => name)).size).toBe(tensors.length);
}

describe(`${RUNS} damaged safetensors files`, () => {
  it('are refused by name, or are whole', { timeout: 60_000 }, () => {
    let refused = 0;
    let accepted = 0;
    const damage = fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(damage, ([seed, mutations]) => {
        const file = mutations.reduce((current, mutate) => mutate(current), seed);
        const result = read(file);
        if (result instanceof InvalidCheckpoint) {
          refused++;
          expect(result.message).toMatch(/\bf\b/);
        } else {
          accepted++;
          expectSound(result, file);
        }
      }),
      { numRuns: RUNS, seed: 42 },
    );
    expect(refused).toBeGreaterThan(RUNS / 2);
    expect(accepted).toBeGreaterThan(0);
  });
});
