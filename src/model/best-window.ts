import { type EncodedPairs, Mark } from './tokenizer/protocol.ts';

/** What is known of each document, in the order of the request. */
export interface ScoredDocuments {
  /** One logit a document. */
  readonly logits: Float32Array;
  /** Tokens of its pair, or of all its windows' pairs together, after truncation. */
  readonly tokens: Uint32Array;
  /** 0 for a pair that fits; else which text was cut. See Mark. */
  readonly truncated: Uint8Array;
}

/** A document is as good as its best window. Where a window has no usable score, neither has the document. */
export function bestOfWindows(
  logits: Float32Array,
  { lengths, marks }: Pick<EncodedPairs, 'lengths' | 'marks'>,
): ScoredDocuments {
  const best: number[] = [];
  const tokens: number[] = [];
  const truncated: number[] = [];
  for (const [row, mark] of marks.entries()) {
    const logit = logits[row] as number;
    const length = lengths[row] as number;
    const document = best.length - 1;
    if ((mark & Mark.sameDocument) === 0) {
      best.push(logit);
      tokens.push(length);
      truncated.push(mark);
    } else {
      best[document] = Math.max(best[document] as number, logit);
      tokens[document] = (tokens[document] as number) + length;
    }
  }
  return {
    logits: Float32Array.from(best),
    tokens: Uint32Array.from(tokens),
    truncated: Uint8Array.from(truncated),
  };
}
