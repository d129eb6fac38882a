/** Which texts a tokenizer encodes as it does their words one by one. */
export interface WordRules {
  /** @returns undefined for a text that has to be encoded as a whole. */
  wordsOf(text: string): readonly string[] | undefined;
}

/**
 * Letters, digits and punctuation that stand for themselves: no normalizer joins one with the space before or behind it, as it
 * may with combining marks and with letters of other scripts. Words of Chinese, Japanese or Thai are not set off by spaces anyway.
 */
const WORD = String.raw`[!-~–—‘’“”„«»…€£§[\p{L}&&[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]]]+`;

const SINGLE_SPACES = new RegExp(String.raw`^${WORD}(?: ${WORD})*$`, 'v');
const ANY_SPACES = new RegExp(String.raw`^${WORD}(?:[ \n\t]+${WORD})*$`, 'v');

/** Longer ones are no words, and seldom come again. */
const LONGEST_WORD = 32;

/**
 * @param anySpace line breaks, tabs and several spaces in a row are the same as one space.
 * @param whole texts with one of these strings, in capitals or not, are encoded as a whole.
 */
export function wordRules(anySpace: boolean, whole: readonly string[]): WordRules {
  const pattern = anySpace ? ANY_SPACES : SINGLE_SPACES;
  const separator = anySpace ? /[ \n\t]+/ : ' ';
  const added =
    whole.length === 0 ? undefined : new RegExp(whole.map((text) => RegExp.escape(text)).join('|'), 'iu');
  return {
    wordsOf(text) {
      if (!pattern.test(text) || added?.test(text) === true) return undefined;
      const words = text.split(separator);
      return words.every((word) => word.length <= LONGEST_WORD) ? words : undefined;
    },
  };
}
