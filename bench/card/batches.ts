import type { RaggedTokens } from '../../src/engine/protocol.ts';
import type { PairEncoder } from '../../src/model/tokenizer/pair-encoder.ts';
import type { SizedRequest } from '../serve/workload/request-file.ts';

/** One pair of a set. */
export interface Row {
  readonly ids: Int32Array;
  readonly typeIds: Uint8Array;
}

/** Tokenizes the pairs of a set, in their order. */
export async function encodeRows(
  encoder: PairEncoder,
  maxLength: number,
  requests: readonly SizedRequest[],
  most = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { query, documents } of requests) {
    const { lengths, ids, typeIds } = await encoder.encode(query, documents, maxLength);
    let at = 0;
    for (const length of lengths) {
      rows.push({ ids: ids.slice(at, at + length), typeIds: typeIds.slice(at, at + length) });
      at += length;
    }
    if (rows.length >= most) break;
  }
  return rows.slice(0, most);
}

/** Cuts rows into batches of at most so many tokens, padding included, the longest first: as the baseline does it. */
export function sortedBatches(rows: readonly Row[], budget: number): RaggedTokens[] {
  const sorted = rows.toSorted((a, b) => b.ids.length - a.ids.length);
  const batches: RaggedTokens[] = [];
  let from = 0;
  while (from < sorted.length) {
    const longest = Math.max(1, (sorted[from] as Row).ids.length);
    const count = Math.max(1, Math.floor(budget / longest));
    batches.push(toBatch(sorted.slice(from, from + count)));
    from += count;
  }
  return batches;
}

/** Puts rows back to back. */
export function toBatch(rows: readonly Row[]): RaggedTokens {
  const lengths = Uint32Array.from(rows, ({ ids }) => ids.length);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const [ids, typeIds] = [new Int32Array(tokens), new Uint8Array(tokens)];
  let at = 0;
  for (const row of rows) {
    ids.set(row.ids, at);
    typeIds.set(row.typeIds, at);
    at += row.ids.length;
  }
  return { lengths, ids, typeIds };
}
