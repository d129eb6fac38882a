/**
 * The text of `JSON.stringify(value, null, 2)` in pieces, as a vocabulary of 250,000 tokens makes one string of 17
 * million characters.
 */
export function* jsonPieces(value: unknown, lineBreak = '\n'): Generator<string> {
  const inner = `${lineBreak}  `;
  if (Array.isArray(value) && value.length > 0) {
    let before = `[${inner}`;
    for (const item of value) {
      yield before;
      yield* jsonPieces(item, inner);
      before = `,${inner}`;
    }
    yield `${lineBreak}]`;
  } else if (isRecord(value)) {
    let before = `{${inner}`;
    for (const [key, member] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}: `;
      yield* jsonPieces(member, inner);
      before = `,${inner}`;
    }
    yield `${lineBreak}}`;
  } else {
    yield JSON.stringify(value);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}
