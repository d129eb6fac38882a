/** The first code point that terminals may draw two columns wide (Hangul, then Chinese, Japanese, emoji). */
const FIRST_WIDE = 0x1100;

/**
 * Makes a text of any origin fit for one line of a terminal: no control or formatting characters, which could move the
 * cursor or turn the line around, and no more than `columns` columns.
 */
export function clipText(text: string, columns: number): string {
  // Nothing beyond this many code units can be shown; a query may be megabytes.
  const clean = text
    .slice(0, columns * 4)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  let width = 0;
  let shown = '';
  for (const character of clean) {
    width += (character.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2;
    // Two columns are kept for the ellipsis.
    if (width > columns - 2) return `${shown.trimEnd()}…`;
    shown += character;
  }
  return text.length > columns * 4 ? `${shown}…` : shown;
}
