/** A document's place in the answer. */
export interface RankedDocument {
  /** Where it stood in the request. */
  readonly index: number;
  readonly score: number;
}

/**
 * Orders documents from the best to the worst, ties in the order of the request.
 *
 * The order comes from the logits: scores saturate, and documents that differ must not tie at 1.0.
 * @param scores what to report, one a logit.
 * @param topN how many to keep; undefined means all.
 */
export function rank(
  logits: Float32Array,
  scores: readonly number[],
  topN: number | undefined,
): RankedDocument[] {
  const order = Uint32Array.from(logits, (_, index) => index);
  order.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  const kept = topN === undefined ? order : order.subarray(0, topN);
  return Array.from(kept, (index) => ({ index, score: scores[index] as number }));
}
