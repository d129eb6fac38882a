/**
 * Where a text stops being JSON (RFC 8259): the index of the first character that can't go on with what is before it, or the
 * length of a text that ends too early. Undefined for valid JSON.
 *
 * V8 gives a position with some of its messages only. One pass, without recursion: bodies are nested as deeply as their senders like.
 */
export function jsonFault(text: string): number | undefined {
  const closers: ('}' | ']')[] = [];
  let at = 0;
  let expected: Expected = 'value';
  for (;;) {
    at = skip(BLANK, text, at);
    const char = text[at];
    if (expected === 'separator' && closers.length === 0) return char === undefined ? undefined : at;
    if (char === undefined) return at;
    const next = STEPS[expected](char, closers);
    if (next === undefined) return at;
    if (next === 'text' || next === 'key text') {
      const end = endOfString(text, at);
      if (end.isFault) return end.at;
      at = end.at;
      expected = next === 'text' ? 'separator' : 'colon';
    } else if (next === 'word') {
      const end = endOfWord(text, at);
      if (end.isFault) return end.at;
      at = end.at;
      expected = 'separator';
    } else {
      at += 1;
      expected = next;
    }
  }
}

/** For people: both count from 1. */
export function lineAndColumn(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: at - start + 1 };
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'separator';
type Step = (char: string, closers: ('}' | ']')[]) => Expected | 'text' | 'key text' | 'word' | undefined;

const BLANK = /[ \t\r\n]*/y;

const value: Step = (char, closers) => {
  if (char === '{') {
    closers.push('}');
    return 'key or }';
  }
  if (char === '[') {
    closers.push(']');
    return 'value or ]';
  }
  if (char === '"') return 'text';
  return /[-\dtfn]/.test(char) ? 'word' : undefined;
};

const key: Step = (char) => (char === '"' ? 'key text' : undefined);

const close: Step = (char, closers) => (char === closers.at(-1) ? (closers.pop(), 'separator') : undefined);

const STEPS: Readonly<Record<Expected, Step>> = {
  value,
  'value or ]': (char, closers) => (char === ']' ? close(char, closers) : value(char, closers)),
  key,
  'key or }': (char, closers) => (char === '}' ? close(char, closers) : key(char, closers)),
  colon: (char) => (char === ':' ? 'value' : undefined),
  separator: (char, closers) => {
    if (char !== ',') return close(char, closers);
    return closers.at(-1) === '}' ? 'key' : 'value';
  },
};

interface End {
  readonly at: number;
  readonly isFault?: boolean;
}

// eslint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

function endOfString(text: string, start: number): End {
  for (let at = start + 1; ; ) {
    at = skip(PLAIN, text, at);
    if (text[at] === '"') return { at: at + 1 };
    const afterEscape = skip(ESCAPE, text, at);
    if (afterEscape === at) return { at, isFault: true };
    at = afterEscape;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = ['true', 'false', 'null'];

function endOfWord(text: string, start: number): End {
  const word = WORDS.find((name) => name[0] === text[start]);
  if (word !== undefined) {
    const wrong = word.split('').findIndex((char, index) => text[start + index] !== char);
    return wrong === -1 ? { at: start + word.length } : { at: start + wrong, isFault: true };
  }
  const at = skip(NUMBER, text, start);
  if (at === start) return { at: start + 1, isFault: true };
  // What follows may be the start of a part that the number doesn't have yet: "1." or "1e" go wrong after it.
  const number = text.slice(start, at);
  const part = /e/i.test(number) ? null : /^(?:\.|e[+-]?)/i.exec(text.slice(at, at + 2));
  if (part === null || (part[0] === '.' && number.includes('.'))) return { at };
  return { at: at + part[0].length, isFault: true };
}

/** Where a sticky pattern that was tried at `at` ends. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
