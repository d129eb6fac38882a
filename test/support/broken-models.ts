import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { externalTensor, tensor } from '../../src/graph/onnx/tensor.ts';
import { Operators } from './onnx-operators.ts';
import { outputLogits, pairModel, writeModelDirectory } from './test-models.ts';

/** A way in which a model directory can be wrong, and what an operator has to be told about it. */
export interface BrokenModel {
  readonly what: string;
  readonly errorType: 'invalid_model' | 'rejected_by_gate' | 'forbidden_reference';
  /** Must be found in the message and the detail, taken together. */
  readonly says: RegExp;
  /** Writes the model into a directory that does not exist yet. */
  readonly write: (directory: string) => Promise<unknown>;
}

const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1234567\n`;

/** A test model that works. */
const goodOnnx = (): Uint8Array => pairModel(({ graph, score }) => outputLogits(graph, score));

const withFile = (name: string, content: string) => async (directory: string) => {
  await writeModelDirectory(directory, goodOnnx());
  await writeFile(join(directory, name), content);
};

const without = (name: string) => async (directory: string) => {
  await writeModelDirectory(directory, goodOnnx());
  await rm(join(directory, name));
};

const withOnnx = (onnx: () => Uint8Array | string) => (directory: string) =>
  writeModelDirectory(directory, onnx());

/** A model with other inputs than a cross-encoder's. */
function strangeInputs(
  ...inputs: readonly (readonly [name: string, type: 'int64' | 'float32'])[]
): Uint8Array {
  const graph = new GraphBuilder('strange');
  const ops = new Operators(graph);
  const values = inputs.map(([name, type]) =>
    ops.cast(graph.input(name, type, ['batch', 'sequence']), 'float32'),
  );
  const sums = values.map((value) => ops.sum(value, 1, true));
  outputLogits(
    graph,
    sums.reduce((a, b) => ops.add(a, b)),
  );
  return encodeModel({ irVersion: 8, producer: 'rerankd', opsets: { '': 18 }, graph: graph.build() });
}

/** A model whose output has several scores a pair. */
function wideOutput(columns: number): Uint8Array {
  return pairModel(({ graph, ops, score }) => {
    const wide = ops.add(
      score,
      graph.initializer(
        'offsets',
        tensor(
          'float32',
          [columns],
          Array.from({ length: columns }, () => 1),
        ),
      ),
    );
    graph.output(graph.node('Identity', [wide], { name: 'logits' }), 'float32', ['batch', columns]);
  });
}

/** Two scores a pair, but ONNX Runtime can't know it before it runs: the width depends on the data. */
function hiddenWidth(): Uint8Array {
  return pairModel(({ graph, ops, ids, score }) => {
    const none = ops.multiply(ops.highest(ops.sum(ids, 1), 0, true), graph.integers(0));
    const shape = graph.node('Concat', [ops.add(none, graph.integers(1)), ops.add(none, graph.integers(2))], {
      attributes: { axis: { int: 0 } },
    });
    const wide = graph.node('Expand', [score, shape], { name: 'logits' });
    graph.output(wide, 'float32', ['batch', 'labels']);
  });
}

/** A model with one weight in another file. */
function externalWeight(location: string, length = 4): Uint8Array {
  return pairModel(({ graph, ops, score }) => {
    const dims = [length / 4];
    const weight = graph.initializer(
      'weight',
      externalTensor('float32', dims, { location, offset: 0, length }),
    );
    outputLogits(graph, ops.add(score, ops.sum(weight, 0, true)));
  });
}

/** A vocabulary of ten, while the tokenizer knows tens of thousands of tokens. */
function smallEmbedding(): Uint8Array {
  return pairModel(({ graph, ops, ids }) => {
    const table = graph.initializer(
      'table',
      tensor(
        'float32',
        [10],
        Array.from({ length: 10 }, (_, index) => index),
      ),
    );
    outputLogits(graph, ops.sum(ops.gather(table, ids, 0), 1, true));
  });
}

const notScored = pairModel(({ graph, score }) => {
  graph.output(graph.node('Identity', [score], { name: 'logits' }), 'float32', ['batch', 1]);
});

export const brokenModels: readonly BrokenModel[] = [
  {
    what: 'no config.json',
    errorType: 'invalid_model',
    says: /no config\.json/,
    write: without('config.json'),
  },
  {
    what: 'a config.json that is not JSON',
    errorType: 'invalid_model',
    says: /config\.json is not JSON/,
    write: withFile('config.json', '{"model_type": '),
  },
  {
    what: 'a config.json that is a list',
    errorType: 'invalid_model',
    says: /config\.json/,
    write: withFile('config.json', '[]'),
  },
  {
    what: 'a config.json with a length that is no number',
    errorType: 'invalid_model',
    says: /config\.json.*max_position_embeddings/s,
    write: withFile('config.json', '{"max_position_embeddings": "long"}'),
  },
  {
    what: 'room for fewer tokens than a pair needs',
    errorType: 'invalid_model',
    says: /config\.json|max_position_embeddings|too (few|short)/,
    write: withFile('config.json', '{"model_type": "xlm-roberta", "max_position_embeddings": 1}'),
  },
  {
    what: 'no tokenizer.json',
    errorType: 'invalid_model',
    says: /no tokenizer\.json.*save_pretrained/s,
    write: without('tokenizer.json'),
  },
  {
    what: 'a tokenizer.json that is not JSON',
    errorType: 'invalid_model',
    says: /tokenizer\.json can't be used/,
    write: withFile('tokenizer.json', '{"version": "1.0", '),
  },
  {
    what: 'a tokenizer.json of another format',
    errorType: 'invalid_model',
    says: /tokenizer\.json can't be used/,
    write: withFile('tokenizer.json', '{"model": {"type": "Magic"}}'),
  },
  {
    what: 'an empty tokenizer.json',
    errorType: 'invalid_model',
    says: /tokenizer\.json is empty/,
    write: withFile('tokenizer.json', ''),
  },
  {
    what: 'a tokenizer.json that is a Git LFS pointer',
    errorType: 'invalid_model',
    says: /tokenizer\.json is a Git LFS pointer.*git lfs pull/s,
    write: withFile('tokenizer.json', LFS_POINTER),
  },
  {
    what: 'a tokenizer_config.json with a length that is no number',
    errorType: 'invalid_model',
    says: /tokenizer_config\.json/,
    write: withFile('tokenizer_config.json', '{"model_max_length": "long"}'),
  },
  {
    what: 'no weights',
    errorType: 'invalid_model',
    says: /no weights.*model\.safetensors.*model\.onnx/s,
    write: without('onnx/model.onnx'),
  },
  {
    what: 'damaged safetensors',
    errorType: 'invalid_model',
    says: /model\.safetensors/,
    write: async (directory) => {
      await withFile('model.safetensors', 'x')(directory);
      await rm(join(directory, 'onnx'), { recursive: true });
    },
  },
  {
    what: 'an ONNX file that is a Git LFS pointer',
    errorType: 'invalid_model',
    says: /model\.onnx is a Git LFS pointer.*git lfs pull/s,
    write: withOnnx(() => LFS_POINTER),
  },
  {
    what: 'an empty ONNX file',
    errorType: 'invalid_model',
    says: /model\.onnx.*(empty|no graph)/,
    write: withOnnx(() => ''),
  },
  {
    what: 'a directory where the ONNX file should be',
    errorType: 'invalid_model',
    says: /model\.onnx is not a regular file/,
    write: async (directory) => {
      await without('onnx/model.onnx')(directory);
      await mkdir(join(directory, 'onnx/model.onnx'));
    },
  },
  {
    what: 'a truncated ONNX file',
    errorType: 'invalid_model',
    says: /model\.onnx can't be read: .*truncated or damaged/,
    write: async (directory) => {
      await writeModelDirectory(directory, goodOnnx());
      await truncate(join(directory, 'onnx/model.onnx'), Math.floor(notScored.length / 2));
    },
  },
  {
    what: 'an ONNX file that is something else',
    errorType: 'invalid_model',
    says: /model\.onnx can't be read/,
    write: withOnnx(() => '<!DOCTYPE html><title>404</title>'),
  },
  {
    what: 'an ONNX file with an operator that nobody knows',
    errorType: 'invalid_model',
    says: /ONNX Runtime can't load this model: .*Frobnicate/s,
    write: withOnnx(() =>
      pairModel(({ graph, score }) => outputLogits(graph, graph.node('Frobnicate', [score]))),
    ),
  },
  {
    what: 'an input that is not a cross-encoder’s',
    errorType: 'invalid_model',
    says: /not a reranker: .*"pixel_values"/,
    write: withOnnx(() =>
      strangeInputs(['input_ids', 'int64'], ['attention_mask', 'int64'], ['pixel_values', 'float32']),
    ),
  },
  {
    what: 'no attention mask',
    errorType: 'invalid_model',
    says: /not a reranker: .*no input "attention_mask"/,
    write: withOnnx(() => strangeInputs(['input_ids', 'int64'])),
  },
  {
    what: 'token ids that are not whole numbers',
    errorType: 'invalid_model',
    says: /not a reranker: .*"input_ids".*must be int64 or int32/,
    write: withOnnx(() => strangeInputs(['input_ids', 'float32'], ['attention_mask', 'int64'])),
  },
  {
    what: 'two labels',
    errorType: 'invalid_model',
    says: /not a reranker: .*"logits".*\[batch, 2\].*num_labels = 1/s,
    write: withOnnx(() => wideOutput(2)),
  },
  {
    what: 'two labels behind a symbolic dimension',
    errorType: 'invalid_model',
    says: /2 scores for 1 pair|num_labels = 1/,
    write: withOnnx(hiddenWidth),
  },
  {
    what: 'a vocabulary smaller than the tokenizer’s',
    errorType: 'invalid_model',
    says: /indices|index|out of/i,
    write: withOnnx(smallEmbedding),
  },
  {
    what: 'scores that are not numbers',
    errorType: 'rejected_by_gate',
    says: /some of its scores are not numbers/,
    write: withOnnx(() =>
      pairModel(({ graph, ops, score }) =>
        outputLogits(graph, ops.log(ops.subtract(ops.multiply(score, 0), 1))),
      ),
    ),
  },
  {
    what: 'the same score for everything',
    errorType: 'rejected_by_gate',
    says: /gives every document the same score/,
    write: withOnnx(() => pairModel(({ graph, ops, score }) => outputLogits(graph, ops.multiply(score, 0)))),
  },
  {
    what: 'a missing file of weights',
    errorType: 'invalid_model',
    says: /no onnx\/weights\.bin.*model\.onnx keeps weights in it/s,
    write: withOnnx(() => externalWeight('weights.bin')),
  },
  {
    what: 'a file of weights that is too short',
    errorType: 'invalid_model',
    says: /ONNX Runtime can't load this model: .*External initializer: weight/s,
    write: async (directory) => {
      await writeModelDirectory(directory, externalWeight('weights.bin', 4096));
      await writeFile(join(directory, 'onnx/weights.bin'), Buffer.alloc(16));
    },
  },
  {
    what: 'a file of weights that is a Git LFS pointer',
    errorType: 'invalid_model',
    says: /weights\.bin is a Git LFS pointer/,
    write: async (directory) => {
      await writeModelDirectory(directory, externalWeight('weights.bin'));
      await writeFile(join(directory, 'onnx/weights.bin'), LFS_POINTER);
    },
  },
  {
    what: 'weights above its own directory',
    errorType: 'invalid_model',
    says: /keeps weights in "\.\.\/\.\.\/secret\.bin", outside its directory/,
    write: withOnnx(() => externalWeight('../../secret.bin')),
  },
  {
    what: 'weights at an absolute path',
    errorType: 'invalid_model',
    says: /keeps weights in "\/etc\/hostname", outside its directory/,
    write: withOnnx(() => externalWeight('/etc/hostname')),
  },
];
