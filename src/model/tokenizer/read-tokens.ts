import type { TextEncoder } from './text-encoder.ts';

/** Characters read of a text for every token that can be used; more are read only where this gives too few. */
const CHARACTERS_PER_TOKEN = 8;

/** The tokens next to a cut may depend on what was cut off: this many are never used. */
const TOKENS_NEAR_CUT = 32;

/** A text that gives few tokens gets one longer look. What lies beyond is not read: the work on a text is bounded. */
const LONGER_LOOK = 8;

/** What a pair can use of a text. */
export interface ReadText {
  readonly ids: readonly number[];
  /** There is more text than these tokens. */
  readonly isCut: boolean;
}

/**
 * The first or last tokens of each text, at most `limit`, without special tokens and without reading far beyond them.
 */
export async function readTokens(
  encoder: TextEncoder,
  texts: readonly string[],
  limit: number,
  keep: 'start' | 'end' = 'start',
): Promise<ReadText[]> {
  const clip = keep === 'start' ? head : tail;
  const found: ReadText[] = texts.map(() => ({ ids: [], isCut: false }));
  const firstLook = (limit + TOKENS_NEAR_CUT) * CHARACTERS_PER_TOKEN;
  const lastLook = firstLook * LONGER_LOOK;
  let pending = texts.map((_, index) => index);
  for (let look = firstLook; pending.length > 0; look = lastLook) {
    const parts = pending.map((index) => clip(texts[index] ?? '', look));
    const encodings = await encoder.encode(parts);
    pending = pending.filter((index, at) => {
      const ids = encodings[at] ?? [];
      const isPart = parts[at]?.length !== texts[index]?.length;
      if (isPart && look < lastLook && ids.length < limit + TOKENS_NEAR_CUT) return true;
      const kept = keep === 'start' ? ids.slice(0, limit) : ids.slice(Math.max(0, ids.length - limit));
      found[index] = { ids: kept, isCut: isPart || ids.length > limit };
      return false;
    });
  }
  return found;
}

/** The first `characters` UTF-16 units, well-formed: the library takes UTF-8, which has no lone surrogates. */
function head(text: string, characters: number): string {
  if (text.length <= characters) return text.toWellFormed();
  const isInsidePair = isTrail(text, characters);
  return text.slice(0, isInsidePair ? characters - 1 : characters).toWellFormed();
}

/** The last ones, in the same way. */
function tail(text: string, characters: number): string {
  if (text.length <= characters) return text.toWellFormed();
  const from = text.length - characters;
  return text.slice(isTrail(text, from) ? from + 1 : from).toWellFormed();
}

function isTrail(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
