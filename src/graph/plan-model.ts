import { readLabels, writeScore } from './architectures/labels.ts';
import { findArchitecture } from './architectures/registry.ts';
import { Float32Products } from './layers/float32-products.ts';
import { Int8Products } from './layers/int8-products.ts';
import { Layers } from './layers/layers.ts';
import { GraphBuilder } from './onnx/graph-builder.ts';
import type { Model } from './onnx/model.ts';
import type { StoredTensor } from './safetensors/stored-tensor.ts';
import { type PlannedWrite, WeightPlan } from './weights/weight-plan.ts';

/** Number formats that a graph can be written in. */
export type GraphDtype = 'fp32' | 'fp16' | 'int8';

export interface PlanRequest {
  /** The parsed config.json. */
  readonly config: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly dtype: GraphDtype;
  /** Bits of an int8 weight that the processor's kernels can multiply without overflow. */
  readonly int8Bits: 7 | 8;
}

/** A graph, and the weights that have to be written for it. */
export interface ModelPlan {
  /** All weights lie outside of it: in the files of the checkpoint, or in the weights file. */
  readonly model: Model;
  readonly writes: readonly PlannedWrite[];
  /** Size of the weights file. */
  readonly bytes: number;
}

/**
 * Plans the ONNX graph of a sequence-classification checkpoint. Inputs are input_ids, attention_mask and, where the model
 * uses them, token_type_ids, int64 [batch, sequence]; the output is logits, float32 [batch, 1].
 * @throws InvalidCheckpoint that names what is unknown, missing or misshapen
 */
export function planModel({ config, tensors, dtype, int8Bits }: PlanRequest): ModelPlan {
  const labels = readLabels(config);
  const encoder = findArchitecture(config)(config, labels.count);
  const graph = new GraphBuilder('reranker');
  const plan = new WeightPlan(tensors);
  const products =
    dtype === 'int8' ? new Int8Products(graph, plan, int8Bits) : new Float32Products(graph, plan);
  const layers = new Layers(graph, plan, products);
  const dims = ['batch', 'sequence'];
  const ids = graph.input('input_ids', 'int64', dims);
  const mask = graph.input('attention_mask', 'int64', dims);
  const tokenTypes = encoder.usesTokenTypes ? graph.input('token_type_ids', 'int64', dims) : '';
  const lengths = graph.node('ReduceSum', [mask, graph.integers(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  const outputs = encoder.write(layers, { ids, mask, lengths, tokenTypes });
  graph.output(writeScore(graph, outputs, labels), 'float32', ['batch', 1]);
  const model = {
    irVersion: 11,
    producer: 'rerankd',
    opsets: { '': 24, 'com.microsoft': 1 },
    graph: graph.build(),
  };
  return { model, writes: plan.writes, bytes: plan.bytes };
}
