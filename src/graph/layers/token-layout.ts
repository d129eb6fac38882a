import type { Value } from '../onnx/graph-builder.ts';

export interface Attention {
  /** […, rows, hidden] */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly heads: number;
  /** hidden / heads */
  readonly headWidth: number;
  /** Which rows of each sequence the query has. Packed ones have all. */
  readonly rows: 'all' | 'first';
  /** Added to the scores before the softmax, [1 or batch, 1 or heads, rows, sequence]; for padded tokens only. */
  readonly bias?: Value | undefined;
  /** What the scores are multiplied with; 1 / sqrt(headWidth) when left out. */
  readonly scale?: number | undefined;
}

/**
 * How the tokens of several sequences lie in one tensor: padded, [batch, sequence], or packed, [tokens]. What a layer does to
 * each token alone does not depend on it; what is here does.
 */
export interface TokenLayout {
  readonly kind: 'padded' | 'packed';
  /** Type of ids, positions and the like. */
  readonly integers: 'int64' | 'int32';
  /** [batch, sequence] or [tokens] */
  readonly ids: Value;
  /** As `ids`: which of the two texts a token belongs to. Only there when the model takes them. */
  readonly tokenTypes: Value;
  /** As `ids`: 1 for tokens, 0 for padding. Only there for padded ones. */
  readonly mask: Value;
  /** 0, 1, 2 … along each sequence: [1 or batch, sequence] or [tokens]. */
  positions(): Value;
  /** How many of a sequence's tokens up to each one are marked. @param marks like `ids`, 0 or 1 @returns the same */
  countAlong(marks: Value): Value;
  /** The first row of every sequence: [batch, sequence, hidden] → [batch, 1, hidden], or [tokens, hidden] → [batch, hidden]. */
  firstRow(x: Value): Value;
  /** What `firstRow` gives, as heads take it: [batch, 1, hidden]. */
  forHead(firstRows: Value): Value;
  /** Scaled dot-product attention over several heads, within each sequence. @returns the shape of the query */
  attention(attention: Attention): Value;
}
