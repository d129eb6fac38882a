const LINE_WIDTH = 100;

/** Words on lines of at most `LINE_WIDTH` characters, each behind `indent` spaces. */
export function wrapped(text: string, indent: number): string {
  const lines = [''];
  for (const word of plain(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > LINE_WIDTH - indent) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${' '.repeat(indent)}${line}`).join('\n');
}

/** `  left    right`, the right side wrapped under itself. @param column where it begins */
export function row(left: string, right: string, column: number): string {
  const text = wrapped(right, column);
  const isNarrow = left.length + 4 <= column;
  return isNarrow ? `  ${left.padEnd(column - 2)}${text.slice(column)}` : `  ${left}\n${text}`;
}

/** Terminals show no code spans. */
export function plain(text: string): string {
  return text.replaceAll('`', '');
}
