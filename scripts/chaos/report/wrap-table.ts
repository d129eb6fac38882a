/** Lines up columns to the left; a cell that is wider than its column goes on below. */
export function wrapTable(rows: readonly (readonly string[])[], widest: readonly number[]): string {
  const cells = rows.map((row) => widest.map((width, column) => wrap(row[column] ?? '', width)));
  const widths = widest.map((_, column) =>
    Math.max(...cells.map((row) => Math.max(0, ...(row[column] ?? []).map((line) => line.length)))),
  );
  const lines = cells.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((cell, column) => (cell[line] ?? '').padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  });
  return `${lines.join('\n')}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
