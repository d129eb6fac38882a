/** As the formatter of this repository has it. */
const LINE_WIDTH = 110;

/** Lists of strings and numbers without anything nested. */
const PLAIN_LIST = /^( *)(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm;

/** JSON as this repository's formatter leaves it, with short lists on one line: results are committed, and checked like the rest. */
export function tidyJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const tidy = text.replaceAll(
    PLAIN_LIST,
    (whole, indent: string, key: string, items: string, comma: string) => {
      const list = items.split('\n').map((item) => item.trim());
      const line = `${indent}${key}[${list.join(' ')}]${comma}`;
      return line.length <= LINE_WIDTH ? line : whole;
    },
  );
  return `${tidy}\n`;
}
