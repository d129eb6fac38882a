import { clipText } from '../../model/agreement/clip-text.ts';

/** Characters of one text of the server: its reasons are sentences. */
const LONGEST_TEXT = 2000;

const LABEL_WIDTH = 16;

/** A text from elsewhere on one line, without characters that a terminal would obey. */
export function oneLine(text: string): string {
  return clipText(text, LONGEST_TEXT);
}

/** A line of a report: what it is, and what it says. */
export function field(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${oneLine(text)}`.trimEnd();
}

/** Lines with aligned columns. @param alignments of the columns; the last one needs none */
export function table(
  rows: readonly (readonly string[])[],
  alignments: readonly ('left' | 'right')[],
): string[] {
  const clean = rows.map((row) => row.map(oneLine));
  const widths = alignments.map((_, column) => Math.max(...clean.map((row) => row[column]?.length ?? 0)));
  return clean.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return alignments[column] === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
