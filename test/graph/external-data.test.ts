import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { listExternalData, MalformedOnnx } from '../../src/graph/onnx/external-data.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { externalTensor } from '../../src/graph/onnx/tensor.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), 'model.onnx');
  await writeFile(path, bytes);
  return path;
}

function modelWithExternalWeights(...locations: string[]): Uint8Array {
  const graph = new GraphBuilder('external');
  const x = graph.input('x', 'float32', ['n']);
  for (const [index, location] of locations.entries()) {
    graph.initializer(`w${index}`, externalTensor('float32', [2], { location, offset: 0, length: 8 }));
  }
  graph.output(graph.node('Add', [x, x], { name: 'y' }), 'float32', ['n']);
  return encodeModel({ irVersion: 8, producer: 'test', opsets: { '': 17 }, graph: graph.build() });
}

describe('listing the external data of an ONNX file', () => {
  it('finds every file once', async () => {
    const path = await fileOf(modelWithExternalWeights('a.bin', 'model.onnx_data', 'a.bin'));
    expect(await listExternalData(path)).toEqual(['a.bin', 'model.onnx_data']);
  });

  it('finds nothing in a model that carries its weights', async () => {
    expect(await listExternalData('models/demo/onnx/model.onnx')).toEqual([]);
  });

  it('refuses a file that was cut anywhere, and what is not ONNX', async () => {
    const whole = await readFile('models/demo/onnx/model.onnx');
    for (const share of [0.01, 0.3, 0.5, 0.9, 0.999]) {
      const path = await fileOf(whole.subarray(0, Math.floor(whole.length * share)));
      await expect(listExternalData(path)).rejects.toThrow(MalformedOnnx);
    }
    for (const text of ['', 'version https://git-lfs.github.com/spec/v1', '<html>not found</html>', '{}']) {
      await expect(listExternalData(await fileOf(Buffer.from(text)))).rejects.toThrow(MalformedOnnx);
    }
  });

  it('survives every damaged byte: it answers or refuses, and never hangs', async () => {
    const whole = modelWithExternalWeights('a.bin');
    const path = await fileOf(whole);
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = value;
        await writeFile(path, damaged);
        await listExternalData(path).catch((error: unknown) => expect(error).toBeInstanceOf(MalformedOnnx));
      }
    }
  });
});
