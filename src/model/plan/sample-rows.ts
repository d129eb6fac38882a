import type { RaggedTokens } from '../../engine/protocol.ts';

/** Lengths of the rows: as passages come, a few short, most middling, some long. */
const LENGTHS = [24, 48, 64, 96, 128, 128, 160, 256];

/** So many different rows of one length can be told apart by their first tokens. */
const BITS = 16;

/**
 * Rows of tokens to measure speed with, all different: the scheduler computes equal ones only once.
 * @param ids of any text of the model, at least three different ones
 * @param maxLength tokens that the model takes
 */
export function sampleRows(ids: Int32Array, rounds: number, maxLength: number): RaggedTokens {
  const lengths = Uint32Array.from({ length: rounds * LENGTHS.length }, (_, row) =>
    Math.min(LENGTHS[row % LENGTHS.length] as number, maxLength),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const rows = new Int32Array(total);
  const [first = 0, zero = 0, one = 0] = new Set(ids);
  let at = 0;
  for (const [row, length] of lengths.entries()) {
    rows.fill(zero, at, at + length);
    rows[at] = first;
    for (let bit = 0; bit < Math.min(BITS, length - 1); bit++) {
      if ((row >> bit) & 1) rows[at + 1 + bit] = one;
    }
    at += length;
  }
  return { lengths, ids: rows, typeIds: new Uint8Array(total) };
}
