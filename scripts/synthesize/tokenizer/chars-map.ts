import { doubleArray } from './double-array.ts';

/** Blocks of Unicode with characters that are variants of others: wide, narrow, raised, circled, joined. */
const variantBlocks: readonly (readonly [number, number])[] = [
  [0x00a0, 0x024f],
  [0x02b0, 0x02ff],
  [0x0e33, 0x0e33],
  [0x1e00, 0x1eff],
  [0x2000, 0x214f],
  [0x2150, 0x218f],
  [0x2460, 0x24ff],
  [0x3000, 0x30ff],
  [0x3130, 0x33ff],
  [0xf900, 0xfaff],
  [0xfb00, 0xfdff],
  [0xfe10, 0xfeff],
  [0xff01, 0xffef],
];

/** Blocks with letters that may come as a letter and an accent. */
const accentedBlocks: readonly (readonly [number, number])[] = [
  [0x00c0, 0x024f],
  [0x0370, 0x045f],
  [0x1e00, 0x1eff],
];

/** Characters that are not there to be seen: controls, zero widths, marks of direction and of byte order. */
const invisible: readonly (readonly [number, number])[] = [
  [0x0001, 0x0008],
  [0x000b, 0x000b],
  [0x000e, 0x001f],
  [0x007f, 0x007f],
  [0x200b, 0x200f],
  [0xfeff, 0xfeff],
];

/**
 * Rules of normalisation as sentencepiece compiles them: u32 bytes of the trie, the trie of what is replaced, then the
 * replacements, each with a zero at its end; the trie's values are where they begin. The rules are those of NFKC for
 * what ordinary text has, and spaces of all kinds become a plain one.
 */
export function charsMap(): Buffer {
  const texts: Buffer[] = [];
  const begins = new Map<string, number>();
  let length = 0;
  const entries: [Uint8Array, number][] = [];
  for (const [from, to] of rules()) {
    let begin = begins.get(to);
    if (begin === undefined) {
      begin = length;
      begins.set(to, begin);
      const text = Buffer.from(`${to}\0`);
      texts.push(text);
      length += text.byteLength;
    }
    entries.push([Buffer.from(from), begin]);
  }
  const units = doubleArray(entries);
  const trie = Buffer.alloc(4 + units.byteLength);
  trie.writeUInt32LE(units.byteLength);
  for (const [index, unit] of units.entries()) trie.writeUInt32LE(unit, 4 + 4 * index);
  return Buffer.concat([trie, ...texts]);
}

/** What is replaced, by what; none of the keys is the beginning of another one. */
export function rules(): Map<string, string> {
  const found = new Map<string, string>();
  for (const character of characters(variantBlocks)) {
    const normal = character.normalize('NFKC').replaceAll(/\s/gu, ' ');
    if (normal !== character) found.set(character, normal);
  }
  for (const character of characters(accentedBlocks)) {
    const parts = character.normalize('NFD');
    const [letter = '', ...accents] = parts;
    if (accents.length !== 1 || found.has(letter) || parts.normalize('NFC') !== character) continue;
    found.set(parts, character);
  }
  for (const character of characters(invisible)) found.set(character, '');
  for (const space of '\t\n\f\r\u0085') found.set(space, ' ');
  return found;
}

function* characters(ranges: readonly (readonly [number, number])[]): Generator<string> {
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) yield String.fromCodePoint(code);
  }
}
