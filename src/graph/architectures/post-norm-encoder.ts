import type { Activation } from '../layers/activation.ts';
import type { Layers } from '../layers/layers.ts';
import { linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';

/** Scopes of one layer's weights in the checkpoint. */
export interface LayerScopes {
  readonly query: string;
  readonly key: string;
  readonly value: string;
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

export interface RelativeAttention {
  readonly scale: number;
  /**
   * @param query [batch, rows, hidden], where rows is 1 if `onlyFirstRow`
   * @param key [batch, sequence, hidden]
   * @returns [batch, heads, rows, sequence]
   */
  bias?(query: Value, key: Value, layer: number, onlyFirstRow: boolean): Value;
}

/**
 * Writes the layers of BERT and its relatives (Devlin et al. 2019, https://arxiv.org/abs/1810.04805; Vaswani et al. 2017).
 *
 * A cross-encoder's head reads the first token alone. The last layer therefore computes its query, its attention output and
 * its feed-forward for that one row of every sequence; its keys and values still need all of them.
 *
 * @param x float32 [batch, sequence, hidden]
 * @returns the first token's last hidden state, [batch, 1, hidden]
 */
export function writePostNormEncoder(
  layers: Layers,
  x: Value,
  lengths: Value,
  encoder: PostNormEncoder,
): Value {
  let state = x;
  for (let index = 0; index < encoder.layers; index++) {
    const isLast = index === encoder.layers - 1;
    state = writeLayer(layers, state, lengths, encoder, index, isLast);
  }
  return state;
}

function writeLayer(
  layers: Layers,
  x: Value,
  lengths: Value,
  { hidden, intermediate, heads, epsilon, activation, relative, ...encoder }: PostNormEncoder,
  index: number,
  onlyFirstRow: boolean,
): Value {
  const scopes = encoder.scopes(index);
  const square = (scope: string) => linear(scope, hidden, hidden);
  const rows = onlyFirstRow ? layers.firstRow(x) : x;
  const [query, key, value] = onlyFirstRow
    ? [
        layers.linear(rows, square(scopes.query)),
        ...layers.linears(x, [square(scopes.key), square(scopes.value)]),
      ]
    : layers.linears(x, [square(scopes.query), square(scopes.key), square(scopes.value)]);
  if (query === undefined || key === undefined || value === undefined) throw new Error('unreachable');
  const bias = relative?.bias?.(query, key, index, onlyFirstRow);
  const attended = layers.attention({ query, key, value, heads, lengths, bias, scale: relative?.scale });
  const projected = layers.linear(attended, square(scopes.attentionOutput));
  const middle = layers.addAndNorm(projected, rows, scopes.attentionNorm, hidden, epsilon);
  const wide = layers.linear(middle, linear(scopes.intermediate, hidden, intermediate));
  const narrow = layers.linear(
    layers.activate(wide, activation),
    linear(scopes.output, intermediate, hidden),
  );
  return layers.addAndNorm(narrow, middle, scopes.outputNorm, hidden, epsilon);
}
