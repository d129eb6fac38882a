import fc from 'fast-check';

/** A change of the bytes that JSON became. */
export type TextMutation = (text: string) => Buffer;

const at = (text: string, where: number): number => Math.floor(where * text.length);

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** Most of what is sent is JSON as it was written: what is none gets no further than the parser. */
export const textMutation: fc.Arbitrary<TextMutation> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<TextMutation>((text) => Buffer.from(text)) },
  place.map(
    (where): TextMutation =>
      (text) =>
        Buffer.from(text.slice(0, at(text, where))),
  ),
  fc.tuple(place, fc.nat(255)).map(
    ([where, byte]): TextMutation =>
      (text) => {
        const bytes = Buffer.from(text);
        bytes[Math.floor(where * bytes.length)] = byte;
        return bytes;
      },
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 6 })).map(
    ([where, extra]): TextMutation =>
      (text) => {
        const bytes = Buffer.from(text);
        const middle = Math.floor(where * bytes.length);
        return Buffer.concat([bytes.subarray(0, middle), extra, bytes.subarray(middle)]);
      },
  ),
  fc
    .constantFrom(
      '"query":7',
      '"query":"again"',
      '"documents":null',
      '"texts":["a"]',
      '"__proto__":{"polluted":1}',
    )
    // The same key twice: the last one counts for one parser, the first for another.
    .map(
      (again): TextMutation =>
        (text) =>
          Buffer.from(text.replace(/\}$/, `,${again}}`)),
    ),
  fc
    .constantFrom(
      '',
      ' ',
      '\ufeff',
      'NaN',
      'undefined',
      '{',
      '[',
      '"',
      '{"query"',
      '{}{}',
      '[]',
      '0',
      '-',
      'nul',
      '//',
    )
    .map(
      (whole): TextMutation =>
        () =>
          Buffer.from(whole),
    ),
  fc.constantFrom('}', ',', ' garbage', '\0', '\n\n', '{}', '/* */').map(
    (tail): TextMutation =>
      (text) =>
        Buffer.from(text + tail),
  ),
  fc.constantFrom('\ufeff', '\0', ' \n\t', '{"a":1},', ")]}'\n").map(
    (head): TextMutation =>
      (text) =>
        Buffer.from(head + text),
  ),
  fc.constant<TextMutation>((text) => Buffer.from(text, 'utf16le')),
  fc.constant<TextMutation>((text) => Buffer.from(text.replaceAll('"', "'"))),
  fc.constant<TextMutation>((text) => Buffer.from(text.replaceAll(/(?<=[[,])"/g, '"\ud800'), 'latin1')),
  fc.integer({ min: 1, max: 60_000 }).map(
    (depth): TextMutation =>
      (text) =>
        Buffer.from(text.replace(/\}$/, `,"deep":${'['.repeat(depth)}`)),
  ),
  fc.integer({ min: 1, max: 30_000 }).map(
    (depth): TextMutation =>
      (text) =>
        Buffer.from(text.replace(/\}$/, `,"deep":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`)),
  ),
);
