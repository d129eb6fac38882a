import { keyProblem } from './key-rule.ts';

/** A key and the name by which logs and metrics call it. */
export interface NamedKey {
  readonly id: string;
  readonly key: string;
}

const MOST_KEYS = 1_000;
const ID = /^[\w.-]{1,64}$/;

/**
 * Reads a file of keys: one a line, as `id:key` or `key`; empty lines and lines that start with `#` don't count. A key
 * without an id is called by its place: `key-1`, `key-2`, ….
 * @throws Error that names the line, and never prints a key.
 */
export function parseKeys(text: string): NamedKey[] {
  const keys = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }, index) => parseLine(line, number, index));
  if (keys.length === 0) throw new Error('there is no key in it');
  if (keys.length > MOST_KEYS)
    throw new Error(`it holds ${keys.length} keys; at most ${MOST_KEYS} are taken`);
  refuseTwins(keys);
  return keys;
}

/** @throws Error for an id or a key that is there twice: nobody could tell which one was meant. */
export function refuseTwins(keys: readonly NamedKey[]): void {
  const ids = new Set<string>();
  const idOfKey = new Map<string, string>();
  for (const { id, key } of keys) {
    if (ids.has(id)) throw new Error(`the id "${id}" is there twice`);
    const twin = idOfKey.get(key);
    if (twin !== undefined) throw new Error(`"${twin}" and "${id}" are the same key`);
    ids.add(id);
    idOfKey.set(key, id);
  }
}

function parseLine(line: string, number: number, index: number): NamedKey {
  const colon = line.indexOf(':');
  const id = colon === -1 ? `key-${index + 1}` : line.slice(0, colon).trim();
  const key = line.slice(colon + 1).trim();
  // What stands before the colon may be a part of a key: it is not printed.
  if (!ID.test(id))
    throw new Error(
      `line ${number}: what stands before the colon is no id (1 to 64 letters, digits, ".", "_" or "-"). A key with a colon in it needs an id: "name:the:key"`,
    );
  const problem = keyProblem(key);
  if (problem !== undefined) throw new Error(`line ${number}: the key ${problem}`);
  return { id, key };
}
