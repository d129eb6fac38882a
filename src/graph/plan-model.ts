import { readLabels, writeScore } from './architectures/labels.ts';
import { findArchitecture } from './architectures/registry.ts';
import { FloatProducts, type FloatType } from './layers/float-products.ts';
import { Int8Products } from './layers/int8-products.ts';
import { KnownRanges } from './layers/known-ranges.ts';
import { Layers } from './layers/layers.ts';
import { type ObservedNorm, ObservedProducts } from './layers/observed-products.ts';
import type { Products } from './layers/product.ts';
import { GraphBuilder, type Value } from './onnx/graph-builder.ts';
import type { Model } from './onnx/model.ts';
import type { StoredTensor } from './safetensors/stored-tensor.ts';
import type { ChannelWidths } from './weights/channel-widths.ts';
import { type PlannedWrite, WeightPlan } from './weights/weight-plan.ts';

/** Number formats that a graph can be written in. */
export type GraphFormat =
  | { readonly dtype: 'fp32' }
  | {
      readonly dtype: 'fp16';
      /** The device multiplies half-precision numbers; otherwise it is a form to store weights in. */
      readonly hasHalf: boolean;
    }
  | {
      readonly dtype: 'int8';
      /** Of a weight: 7 where the processor adds pairs of products in 16 bits, which 8 could overflow. */
      readonly bits: 7 | 8;
      /** What the graph of `planObserver` found. */
      readonly widths: ChannelWidths;
    };

export type GraphDtype = GraphFormat['dtype'];

/** What a checkpoint says of itself. */
export interface PlannedCheckpoint {
  /** The parsed config.json. */
  readonly config: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** A graph, and the weights that have to be written for it. */
export interface ModelPlan {
  /** All weights lie outside of it: in the files of the checkpoint, or in the weights file. */
  readonly model: Model;
  readonly writes: readonly PlannedWrite[];
  /** Size of the weights file. */
  readonly bytes: number;
}

/** The graph of an observer, and what the parts of its output belong to. */
export interface ObserverPlan extends ModelPlan {
  readonly norms: readonly ObservedNorm[];
}

/**
 * Plans the ONNX graph of a sequence-classification checkpoint. Inputs are input_ids, attention_mask and, where the model
 * uses them, token_type_ids, int64 [batch, sequence]; the output is logits, float32 [batch, 1].
 * @throws InvalidCheckpoint that names what is unknown, missing or misshapen
 */
export function planModel(checkpoint: PlannedCheckpoint, format: GraphFormat): ModelPlan {
  const draft = new Draft(checkpoint.tensors);
  const outputs = draft.write(checkpoint.config, productsFor(draft, format), hiddenType(format));
  const score = writeScore(draft.graph, outputs, readLabels(checkpoint.config));
  draft.graph.output(score, 'float32', ['batch', 1]);
  return draft.plan();
}

/**
 * Plans a graph in single precision that tells how wide the channels of layer norms get, for int8. Inputs are as above; the
 * output is widths, float32 [sum of hidden of all norms].
 */
export function planObserver(checkpoint: PlannedCheckpoint): ObserverPlan {
  const draft = new Draft(checkpoint.tensors);
  const products = new ObservedProducts(productsFor(draft, { dtype: 'fp32' }), draft.ranges);
  draft.write(checkpoint.config, products, 'float32');
  const { norms } = products;
  const total = norms.reduce((sum, { hidden }) => sum + hidden, 0);
  draft.graph.output(products.widths(draft.graph), 'float32', [total]);
  return { ...draft.plan(), norms };
}

/** A graph in the making. */
class Draft {
  readonly graph = new GraphBuilder('reranker');
  readonly ranges = new KnownRanges();
  readonly weights: WeightPlan;

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.weights = new WeightPlan(tensors);
  }

  /** Writes inputs, encoder and head. @returns what the head gives, float32 [batch, labels] */
  write(config: unknown, products: Products, hidden: FloatType): Value {
    const { graph } = this;
    const encoder = findArchitecture(config)(config, readLabels(config).count);
    const layers = new Layers(graph, this.weights, products, this.ranges, hidden);
    const dims = ['batch', 'sequence'];
    const ids = graph.input('input_ids', 'int64', dims);
    const mask = graph.input('attention_mask', 'int64', dims);
    const tokenTypes = encoder.usesTokenTypes ? graph.input('token_type_ids', 'int64', dims) : '';
    const lengths = graph.node('ReduceSum', [mask, graph.integers(1)], {
      attributes: { keepdims: { int: 0 } },
    });
    return layers.toFloat32(encoder.write(layers, { ids, mask, lengths, tokenTypes }));
  }

  plan(): ModelPlan {
    const model = {
      irVersion: 11,
      producer: 'rerankd',
      opsets: { '': 24, 'com.microsoft': 1 },
      graph: this.graph.build(),
    };
    return { model, writes: this.weights.writes, bytes: this.weights.bytes };
  }
}

function productsFor({ graph, weights, ranges }: Draft, format: GraphFormat): Products {
  if (format.dtype === 'int8') return new Int8Products(graph, weights, ranges, format);
  const stored = format.dtype === 'fp16' ? 'float16' : 'float32';
  return new FloatProducts(graph, weights, stored, hiddenType(format));
}

function hiddenType(format: GraphFormat): FloatType {
  return format.dtype === 'fp16' && format.hasHalf ? 'float16' : 'float32';
}
