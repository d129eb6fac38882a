import { readLabels, writeScore } from './architectures/labels.ts';
import { findArchitecture } from './architectures/registry.ts';
import { FloatProducts, type FloatType } from './layers/float-products.ts';
import { Int8Products } from './layers/int8-products.ts';
import { KnownRanges } from './layers/known-ranges.ts';
import { Layers } from './layers/layers.ts';
import type { Products } from './layers/product.ts';
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
  /** The device multiplies half-precision numbers; otherwise fp16 is a form to store weights in. */
  readonly hasHalf: boolean;
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
export function planModel({ config, tensors, ...format }: PlanRequest): ModelPlan {
  const labels = readLabels(config);
  const encoder = findArchitecture(config)(config, labels.count);
  const graph = new GraphBuilder('reranker');
  const plan = new WeightPlan(tensors);
  const ranges = new KnownRanges();
  const layers = new Layers(
    graph,
    plan,
    productsFor(graph, plan, ranges, format),
    ranges,
    hiddenType(format),
  );
  const dims = ['batch', 'sequence'];
  const ids = graph.input('input_ids', 'int64', dims);
  const mask = graph.input('attention_mask', 'int64', dims);
  const tokenTypes = encoder.usesTokenTypes ? graph.input('token_type_ids', 'int64', dims) : '';
  const lengths = graph.node('ReduceSum', [mask, graph.integers(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  const outputs = encoder.write(layers, { ids, mask, lengths, tokenTypes });
  graph.output(writeScore(graph, layers.toFloat32(outputs), labels), 'float32', ['batch', 1]);
  const model = {
    irVersion: 11,
    producer: 'rerankd',
    opsets: { '': 24, 'com.microsoft': 1 },
    graph: graph.build(),
  };
  return { model, writes: plan.writes, bytes: plan.bytes };
}

type Format = Pick<PlanRequest, 'dtype' | 'int8Bits' | 'hasHalf'>;

function productsFor(graph: GraphBuilder, plan: WeightPlan, ranges: KnownRanges, format: Format): Products {
  if (format.dtype === 'int8') return new Int8Products(graph, plan, ranges, format.int8Bits);
  return new FloatProducts(graph, plan, format.dtype === 'fp16' ? 'float16' : 'float32', hiddenType(format));
}

function hiddenType({ dtype, hasHalf }: Format): FloatType {
  return dtype === 'fp16' && hasHalf ? 'float16' : 'float32';
}
