import { readLabels, writeScore } from './architectures/labels.ts';
import { findArchitecture } from './architectures/registry.ts';
import { FloatProducts, type FloatType } from './layers/float-products.ts';
import { Int8Products } from './layers/int8-products.ts';
import { KnownRanges } from './layers/known-ranges.ts';
import { Layers } from './layers/layers.ts';
import { MaskedTokens } from './layers/masked-tokens.ts';
import { type ObservedNorm, ObservedProducts } from './layers/observed-products.ts';
import { PackedTokens } from './layers/packed-tokens.ts';
import { PaddedTokens } from './layers/padded-tokens.ts';
import type { Products } from './layers/product.ts';
import type { TokenLayout } from './layers/token-layout.ts';
import { GraphBuilder, type Value } from './onnx/graph-builder.ts';
import type { Model } from './onnx/model.ts';
import type { StoredTensor } from './safetensors/stored-tensor.ts';
import type { ChannelWidths } from './weights/channel-widths.ts';
import { type PlannedWrite, WeightPlan } from './weights/weight-plan.ts';

/** How a graph takes its batches, and into which operators its steps are put. */
export interface GraphForm {
  /** @see PaddedTokens, MaskedTokens, PackedTokens */
  readonly tokens: 'padded' | 'masked' | 'packed';
  /** @see LayerOptions.fuses */
  readonly fuses: boolean;
}

/** Number formats that a graph can be written in. */
export type GraphFormat =
  | { readonly dtype: 'fp32'; readonly form?: GraphForm }
  | {
      readonly dtype: 'fp16';
      readonly form?: GraphForm;
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
 * Plans the ONNX graph of a sequence-classification checkpoint. Inputs are those of PaddedTokens or PackedTokens; the output is
 * logits, float32 [batch, 1].
 * @throws InvalidCheckpoint that names what is unknown, missing or misshapen
 */
export function planModel(checkpoint: PlannedCheckpoint, format: GraphFormat): ModelPlan {
  const draft = new Draft(checkpoint.tensors);
  const outputs = draft.write(
    checkpoint.config,
    productsFor(draft, format),
    hiddenType(format),
    formOf(format),
  );
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

/** What every device computes. */
const PLAIN_FORM: GraphForm = { tokens: 'padded', fuses: false };

/** A graph in the making. */
class Draft {
  readonly graph = new GraphBuilder('reranker');
  readonly ranges = new KnownRanges();
  readonly weights: WeightPlan;

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.weights = new WeightPlan(tensors);
  }

  /** Writes inputs, encoder and head. @returns what the head gives, float32 [batch, labels] */
  write(config: unknown, products: Products, type: FloatType, form: GraphForm = PLAIN_FORM): Value {
    const { graph, weights: plan, ranges } = this;
    const encoder = findArchitecture(config)(config, readLabels(config).count);
    if (form.tokens === 'packed' && !encoder.packs) throw new RangeError('this network can not be packed');
    const tokens = tokensFor(graph, encoder.usesTokenTypes, type, form);
    const { fuses } = form;
    const turns = turnsMatrices(form);
    return encoder.write(new Layers({ graph, plan, products, ranges, type, tokens, fuses, turns }));
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

function tokensFor(
  graph: GraphBuilder,
  usesTokenTypes: boolean,
  type: FloatType,
  form: GraphForm,
): TokenLayout {
  if (form.tokens === 'masked') return new MaskedTokens(graph, usesTokenTypes, type);
  return new (form.tokens === 'packed' ? PackedTokens : PaddedTokens)(graph, usesTokenTypes);
}

/** Where WebGPU's kernels are meant, none of which takes matrices as checkpoints have them. */
function turnsMatrices(form: GraphForm): boolean {
  return form.tokens === 'masked';
}

function productsFor({ graph, weights, ranges }: Draft, format: GraphFormat): Products {
  if (format.dtype === 'int8') return new Int8Products(graph, weights, ranges, format);
  const stored = format.dtype === 'fp16' ? 'float16' : 'float32';
  const turns = turnsMatrices(formOf(format));
  return new FloatProducts(graph, weights, { stored, computed: hiddenType(format), turns });
}

function hiddenType(format: GraphFormat): FloatType {
  return format.dtype === 'fp16' && format.hasHalf ? 'float16' : 'float32';
}

function formOf(format: GraphFormat): GraphForm {
  return (format.dtype === 'int8' ? undefined : format.form) ?? PLAIN_FORM;
}
