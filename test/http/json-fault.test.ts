import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault, lineAndColumn } from '../../src/http/json-fault.ts';

/** What V8 says, where it does say where. */
function faultOfEngine(text: string): number | undefined | 'unsaid' {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    if (message === 'Unexpected end of JSON input') return text.length;
    const [, at] = /at position (\d+)/.exec(message) ?? [];
    return at === undefined ? 'unsaid' : Number(at);
  }
}

describe('where JSON goes wrong', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a": 1', 7],
    ['{"a": x}', 6],
    ["{'a': 1}", 1],
    ['{a: 1}', 1],
    ['{"a": 1,}', 8],
    ['[1, 2,]', 6],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a": 1} x', 9],
    ['{"a": None}', 6],
    ['{"a": truth}', 9],
    ['{"a": 01}', 7],
    ['{"a": .5}', 6],
    ['{"a": +1}', 6],
    ['{"a": "\n"}', 7],
    ['{"a": "\\x"}', 7],
    ['["\\u12g4"]', 2],
    ['[}', 1],
    ['NaN', 0],
    ['\0', 0],
  ])('is told for %j', (text, at) => {
    expect(jsonFault(text)).toBe(at);
  });

  it.each(['{}', '[]', ' [1, -0.5e+3, true, false, null, "\\u00e9\\n", {"a": {"b": []}}] ', '"x"', '0'])(
    'is nowhere in %s',
    (text) => {
      expect(jsonFault(text)).toBeUndefined();
    },
  );

  it('is found exactly where JSON.parse refuses, whatever the text', () => {
    const marks = ['{', '}', '[', ']', ',', ':', '"', '"a"', '"b', '\\', '\\n', '\\u00'];
    const words = ['1', '-', '0', '.', 'e', '+', 'true', 'tru', 'null', 'n'];
    const pieces = fc.constantFrom(...marks, ...words, ' ', '\n', '\t', '\0', 'é', '😀', "'");
    const soup = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.nat(2), pieces)
      .map(
        ([json, at, gone, put]) =>
          json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + gone),
      );
    fc.assert(
      fc.property(fc.oneof(soup, damaged, fc.json()), (text) => {
        const engine = faultOfEngine(text);
        const own = jsonFault(text);
        expect(own === undefined).toBe(engine === undefined);
        // What is before the fault could go on: the engine has nothing to say against it but that it ends.
        if (own !== undefined && own < text.length)
          expect(faultOfEngine(text.slice(0, own)), text).toSatisfy(
            (at) => at === undefined || at === own || at === 'unsaid',
          );
      }),
      { numRuns: 3_000 },
    );
  });

  it('is found in depths that no recursion reaches, in one pass', () => {
    const deep = '['.repeat(1_000_000);
    expect(jsonFault(deep)).toBe(1_000_000);
    expect(jsonFault(`${deep}${']'.repeat(1_000_000)}`)).toBeUndefined();
    expect(jsonFault(`["${'a'.repeat(5_000_000)}", x]`)).toBe(5_000_005);
    expect(jsonFault(`["${'\\n'.repeat(1_000_000)}`)).toBe(2_000_002);
  });

  it('is told by line and column', () => {
    const text = '{\n  "a": 1\n  "b"';
    expect(lineAndColumn(text, 0)).toEqual({ line: 1, column: 1 });
    expect(lineAndColumn(text, text.indexOf('"b"'))).toEqual({ line: 3, column: 3 });
    expect(lineAndColumn('\n\n', 2)).toEqual({ line: 3, column: 1 });
  });
});
