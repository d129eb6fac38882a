/** The parts that many words share. */
export interface MinedPieces {
  /** Of the beginnings of words, the most useful first. */
  readonly starts: readonly string[];
  /** Of the rest of them. */
  readonly inner: readonly string[];
}

const LONGEST = 6;

/**
 * Counts the parts of 2 to 6 letters in a list of words, by how many letters a piece of its own saves over single
 * letters. Words further down the list count less, by Zipf's law.
 */
export function minePieces(words: readonly string[]): MinedPieces {
  const starts = new Map<string, number>();
  const inner = new Map<string, number>();
  for (const [rank, word] of words.entries()) {
    const weight = 1 / (rank + 200);
    for (let from = 0; from < word.length - 1; from++) {
      const counts = from === 0 ? starts : inner;
      for (let length = 2; length <= LONGEST && from + length <= word.length; length++) {
        const part = word.slice(from, from + length);
        counts.set(part, (counts.get(part) ?? 0) + weight * (length - 1));
      }
    }
  }
  return { starts: byWeight(starts), inner: byWeight(inner) };
}

/** Equal weights are told apart by spelling, so that the order never depends on chance. */
function byWeight(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .toSorted(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1))
    .map(([part]) => part);
}
