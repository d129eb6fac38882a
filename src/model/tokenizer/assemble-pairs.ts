import { type PairTemplate, templateTokens } from './pair-template.ts';
import type { EncodedPairs } from './protocol.ts';

/** What one row holds of a document. */
export interface DocumentPart {
  readonly ids: readonly number[];
  /** @see Mark */
  readonly marks: number;
}

/** Puts the special tokens, the query and each part together, one row a part. */
export function assemblePairs(
  template: PairTemplate,
  query: readonly number[],
  parts: readonly DocumentPart[],
): EncodedPairs {
  const { before, between, after } = template;
  const fixed = templateTokens(template) + query.length;
  const lengths = Uint32Array.from(parts, ({ ids }) => fixed + ids.length);
  const marks = Uint8Array.from(parts, (part) => part.marks);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const typeIds = new Uint8Array(total);
  let at = 0;
  const append = (tokens: readonly number[], types: readonly number[] | number): void => {
    ids.set(tokens, at);
    if (typeof types === 'number') typeIds.fill(types, at, at + tokens.length);
    else typeIds.set(types, at);
    at += tokens.length;
  };
  for (const part of parts) {
    append(before.ids, before.typeIds);
    append(query, template.queryTypeId);
    append(between.ids, between.typeIds);
    append(part.ids, template.documentTypeId);
    append(after.ids, after.typeIds);
  }
  return { lengths, ids, typeIds, marks };
}
