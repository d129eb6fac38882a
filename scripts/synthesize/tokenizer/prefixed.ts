/** Words with a mark in front of each. */
export function* prefixed(mark: string, words: Iterable<string>): Generator<string> {
  for (const word of words) yield mark + word;
}
