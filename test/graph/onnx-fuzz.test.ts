import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { listExternalData, MalformedOnnx } from '../../src/graph/onnx/external-data.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { readPrepacked } from '../../src/graph/onnx/prepacked.ts';
import { externalTensor, tensor } from '../../src/graph/onnx/tensor.ts';
import { scratchDirectory } from '../support/directories.ts';

const RUNS = 5_000;

function smallModel(): Buffer {
  const graph = new GraphBuilder('small');
  const x = graph.input('x', 'float32', ['n', 2]);
  const place = { location: 'weights.bin', offset: 0, length: 16, prepacked: ['MatMul+1|4096;64;0'] };
  const weight = graph.initializer('w', externalTensor('float32', [2, 2], place));
  const bias = graph.initializer('b', tensor('float32', [2], [1, 2]));
  graph.output(graph.node('Add', [graph.node('MatMul', [x, weight]), bias]), 'float32', ['n', 2]);
  return Buffer.from(
    encodeModel({ irVersion: 8, producer: 'test', opsets: { '': 17 }, graph: graph.build() }),
  );
}

const model = smallModel();

const damaged = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('flip' as const),
        at: fc.nat(model.length - 1),
        byte: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(model.length - 1), byte: fc.constant(0) }),
      fc.record({
        kind: fc.constant('insert' as const),
        at: fc.nat(model.length - 1),
        byte: fc.integer({ min: 0, max: 255 }),
      }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) =>
    edits.reduce((file, { kind, at, byte }) => {
      if (kind === 'cut') return file.subarray(0, at);
      if (kind === 'insert')
        return Buffer.concat([file.subarray(0, at), Buffer.from([byte]), file.subarray(at)]);
      const copy = Buffer.from(file);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ byte;
      return copy;
    }, model),
  );

describe(`${RUNS} damaged ONNX files`, () => {
  it('are refused as malformed, or give the places of their weights', { timeout: 60_000 }, async () => {
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, 'model.onnx');
    let refused = 0;
    let read = 0;
    await fc.assert(
      fc.asyncProperty(damaged, async (file) => {
        await writeFile(path, file);
        try {
          const locations = await listExternalData(path);
          expect(locations.every((location) => typeof location === 'string')).toBe(true);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedOnnx);
          refused++;
        }
      }),
      { numRuns: RUNS, seed: 7 },
    );
    expect(Math.min(refused, read)).toBeGreaterThan(100);
  });

  it('never make the reader of packed weights do anything but refuse', () => {
    expect(readPrepacked(model).get('w')).toEqual([
      { key: 'MatMul+1', blobs: [{ offset: 4096, length: 64 }] },
    ]);
    fc.assert(
      fc.property(damaged, (file) => {
        try {
          expect(readPrepacked(file)).toBeInstanceOf(Map);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });
});
