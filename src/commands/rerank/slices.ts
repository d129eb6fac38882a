/** A stretch of a list. */
export interface Slice {
  /** Where it begins. */
  readonly start: number;
  readonly part: readonly string[];
}

/** Cuts a list of texts into stretches of so many texts and bytes (UTF-8) at most; a text beyond that stands alone. */
export function* slices(
  texts: readonly string[],
  most: { readonly documents: number; readonly bytes: number },
): Generator<Slice, void> {
  let start = 0;
  let bytes = 0;
  for (const [index, text] of texts.entries()) {
    const size = Buffer.byteLength(text);
    const isFull = index - start >= most.documents || bytes + size > most.bytes;
    if (index > start && isFull) {
      yield { start, part: texts.slice(start, index) };
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < texts.length) yield { start, part: texts.slice(start) };
}
