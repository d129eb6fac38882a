import type { PairBudget } from './pair-budget.ts';

/** How a document that is too long becomes several pairs. */
export interface Windows {
  /** The most pairs of one document; what lies beyond is cut. */
  readonly max: number;
  /** Tokens that neighbours share. */
  readonly overlap: number;
}

/** Where documents are cut, if not at what the pair has room for and at their end. */
export interface Cut {
  /** The most tokens of a document. */
  readonly documentTokens?: number;
  /** The end of a long document is kept, not its start. */
  readonly keep?: 'end';
  readonly windows?: Windows;
}

/** What a request says about texts that are too long. */
export interface TextLimits {
  /** The most tokens of a pair, special tokens included, where the model takes more. */
  readonly pairTokens?: number;
  readonly cut?: Cut;
  /** Refuses the request when a text is cut. */
  readonly strict?: true;
}

/** What one model makes of it. */
export interface ScoreLimits {
  /** Tokens a pair, special tokens included. */
  readonly maxLength: number;
  readonly cut?: Cut | undefined;
  readonly strict?: boolean;
  /** Of the whole request, whose documents may come in several calls. */
  readonly budget?: PairBudget;
}

/** Limits that this model has anyway are left out, so that equal work has an equal form. */
export function limitsOn(maxLength: number, limits: TextLimits | undefined): ScoreLimits {
  if (limits === undefined) return { maxLength };
  const own = Math.min(maxLength, limits.pairTokens ?? maxLength);
  const { documentTokens, ...cut } = limits.cut ?? {};
  if (documentTokens !== undefined && documentTokens < longestDocument(own, cut)) {
    return { maxLength: own, cut: { ...cut, documentTokens }, strict: limits.strict ?? false };
  }
  const isUsual = cut.keep === undefined && cut.windows === undefined;
  return { maxLength: own, cut: isUsual ? undefined : cut, strict: limits.strict ?? false };
}

/** No document can have more tokens than this in its pairs. */
function longestDocument(maxLength: number, { windows }: Cut): number {
  return maxLength * (windows?.max ?? 1);
}
