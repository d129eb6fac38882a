import { type Content, seededContent } from '../fake-hub/content.ts';

/** A checkpoint in one file, with what must never be fetched beside it. */
export function checkpointFiles(weights: Content | string = seededContent('weights', 200_000)) {
  return {
    ...aboutFiles(),
    'model.safetensors': weights,
    'pytorch_model.bin': 'a pickle',
    'model.msgpack': 'flax',
    'tf_model.h5': 'tensorflow',
    'modeling_evil.py': 'import os',
    'README.md': '# A model',
    'onnx/model.onnx': onnxModel([]),
    'onnx/model_quantized.onnx': onnxModel([]),
  };
}

export function aboutFiles(architecture = 'XLMRobertaForSequenceClassification') {
  return {
    'config.json': JSON.stringify({ architectures: [architecture] }),
    'tokenizer.json': '{"a": "tokenizer"}',
    'tokenizer_config.json': '{}',
  };
}

/** An ONNX model with nothing in it but tensors in other files (onnx.proto3: graph 7, initializer 5, external_data 13). */
export function onnxModel(locations: readonly string[]): Buffer {
  const tensors = locations.map((location) =>
    field(5, field(13, Buffer.concat([field(1, Buffer.from('location')), field(2, Buffer.from(location))]))),
  );
  return field(7, Buffer.concat([field(2, Buffer.from('graph')), ...tensors]));
}

function field(number: number, value: Buffer): Buffer {
  const length = value.length < 128 ? [value.length] : [(value.length & 0x7f) | 0x80, value.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), value]);
}
