import type { Layers } from '../layers/layers.ts';
import { type Linear, linear, withoutBias } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';

/** Scopes of the weights of one layer's attention in the checkpoint. */
export interface AttentionScopes {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** Attention that knows more than content: a bias on the scores, and another scale for them. */
export interface RelativeAttention {
  readonly scale: number;
  /**
   * @param query [batch, rows, hidden], where rows is 1 if `onlyFirstRow`
   * @param key [batch, sequence, hidden]
   * @returns [batch, heads, rows, sequence]
   */
  bias?(query: Value, key: Value, layer: number, onlyFirstRow: boolean): Value;
}

/** What a layer's attention looks at. */
interface AttentionInput {
  /** All hidden states. */
  readonly x: Value;
  /** Those for which it is wanted: all, or the first of each sequence. */
  readonly rows: Value;
  readonly onlyFirstRow: boolean;
}

interface AttentionLayer {
  readonly hidden: number;
  readonly heads: number;
  readonly scopes: AttentionScopes;
  readonly index: number;
  readonly relative?: RelativeAttention | undefined;
}

interface Attended {
  /** As many rows as were wanted. */
  readonly attended: Value;
  /** Name of a vector that is yet to be added to each of them. */
  readonly missing?: string;
}

/**
 * Writes queries, keys, values and attention of one layer.
 *
 * Two of the three biases need no pass over memory. That of the keys adds the same number to all scores of a query, which a
 * softmax does not see. That of the values adds itself to every result, since the weights of each sum to 1: it is left to the
 * layer behind.
 */
export function writeSelfAttention(
  layers: Layers,
  { x, rows, onlyFirstRow }: AttentionInput,
  { hidden, heads, scopes, index, relative }: AttentionLayer,
): Attended {
  // The packed operator wants as many queries as keys: first rows are picked afterwards.
  const picks = onlyFirstRow && layers.tokens.kind === 'packed';
  const leavesBiases = layers.fuses && relative === undefined;
  const [ofQuery, ofKey, ofValue] = [scopes.query, scopes.key, scopes.value].map((scope) =>
    linear(scope, hidden, hidden),
  ) as [Linear, Linear, Linear];
  const others = leavesBiases ? [withoutBias(ofKey), withoutBias(ofValue)] : [ofKey, ofValue];
  const [query, key, value] =
    onlyFirstRow && !picks
      ? [layers.linear(rows, ofQuery), ...layers.linears(x, others)]
      : layers.linears(x, [ofQuery, ...others]);
  if (query === undefined || key === undefined || value === undefined) throw new Error('unreachable');
  const attended = layers.attention({
    query,
    key,
    value,
    heads,
    headWidth: hidden / heads,
    rows: onlyFirstRow && !picks ? 'first' : 'all',
    bias: relative?.bias?.(query, key, index, onlyFirstRow),
    scale: relative?.scale,
  });
  const wanted = picks ? layers.firstRow(attended) : attended;
  return leavesBiases && ofValue.bias !== undefined
    ? { attended: wanted, missing: ofValue.bias }
    : { attended: wanted };
}
