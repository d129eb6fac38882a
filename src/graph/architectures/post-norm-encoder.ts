import type { Activation } from '../layers/activation.ts';
import type { Layers } from '../layers/layers.ts';
import { linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';
import { type AttentionScopes, type RelativeAttention, writeSelfAttention } from './self-attention.ts';

/** Scopes of one layer's weights in the checkpoint. */
export interface LayerScopes extends AttentionScopes {
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
}

/** An encoder as in the first Transformer: normalization after each residual sum. */
export interface PostNormEncoder {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
  readonly scopes: (layer: number) => LayerScopes;
  /** Attention that knows more than content: a bias on the scores, and another scale for them. */
  readonly relative?: RelativeAttention | undefined;
}

/**
 * Writes the layers of BERT and its relatives (Devlin et al. 2019, https://arxiv.org/abs/1810.04805; Vaswani et al. 2017).
 *
 * A cross-encoder's head reads the first token alone. The last layer therefore computes its query, its attention output and
 * its feed-forward for that one row of every sequence; its keys and values still need all of them.
 *
 * @param x hidden states
 * @returns the first token's last hidden state, [batch, 1, hidden]
 */
export function writePostNormEncoder(layers: Layers, x: Value, encoder: PostNormEncoder): Value {
  let state = x;
  for (let index = 0; index < encoder.layers; index++) {
    const isLast = index === encoder.layers - 1;
    state = writeLayer(layers, state, encoder, index, isLast);
  }
  return layers.tokens.forHead(state);
}

function writeLayer(
  layers: Layers,
  x: Value,
  { hidden, intermediate, activation, ...encoder }: PostNormEncoder,
  index: number,
  onlyFirstRow: boolean,
): Value {
  const scopes = encoder.scopes(index);
  const norm = (scope: string) => ({ scope, hidden, epsilon: encoder.epsilon });
  const rows = onlyFirstRow ? layers.firstRow(x) : x;
  const { attended, missing } = writeSelfAttention(
    layers,
    { x, rows, onlyFirstRow },
    { ...encoder, hidden, scopes, index },
  );
  const output = linear(scopes.attentionOutput, hidden, hidden);
  const middle = layers.normalizedSum(attended, output, rows, norm(scopes.attentionNorm), missing);
  const wide = linear(scopes.intermediate, hidden, intermediate);
  const narrow = linear(scopes.output, intermediate, hidden);
  return layers.normalizedSum(
    layers.activatedLinear(middle, wide, activation),
    narrow,
    middle,
    norm(scopes.outputNorm),
  );
}
