import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { TextEncoder } from '../text-encoder.ts';
import { type WordRules, wordRules } from './word-rules.ts';

/** What tokenizer.json says before its vocabulary. */
const headSchema = z.object({
  added_tokens: z.array(z.object({ content: z.string() })).default([]),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
});

/** Where the library writes the vocabulary: last. */
const MODEL = /"model"\s*:\s*\{/;

/** The largest tables of characters have some hundred thousand bytes. */
const HEAD_BYTES = 2 ** 21;

/** They look at one character, or at one with its combining marks. */
const LOCAL_NORMALIZERS = new Set([
  'Precompiled',
  'BertNormalizer',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'Lowercase',
  'StripAccents',
  'Strip',
]);

/** They split at spaces, whatever else they do. */
const WORD_SPLITTERS = ['WhitespaceSplit', 'Whitespace', 'BertPreTokenizer'];

/** What comes behind such a one sees a single word at a time. */
const WITHIN_WORDS = new Set([...WORD_SPLITTERS, 'Punctuation', 'Digits', 'Metaspace']);

/** More added tokens than a cross-encoder has make the search for them slow. */
const MOST_ADDED_TOKENS = 64;

const SPACES = ['  ', '\n', '\t', ' \n\n '];

const PROBES = ['the quick brown fox, and 2 more', 'Größe “is” naïve – Привет мир', 'A b-c d.e f(g) h'];

interface Step {
  readonly type: string;
  readonly [property: string]: unknown;
}

/**
 * Finds out whether a tokenizer takes each word of a text by itself: by the kinds of its parts, and by a look at what it makes of
 * some texts.
 * @returns undefined where it does not, or where that can't be told.
 */
export async function readWordRules(file: string, library: TextEncoder): Promise<WordRules | undefined> {
  const head = await readHead(file);
  if (head === undefined || head.added_tokens.length > MOST_ADDED_TOKENS) return undefined;
  if (!stepsOf(head.normalizer).every(isLocal) || !splitsWords(stepsOf(head.pre_tokenizer))) return undefined;
  const added = head.added_tokens.map(({ content }) => content).filter((content) => content !== '');
  const single = wordRules(false, added);
  for (const probe of PROBES) if (!(await isByWords(probe, probe.split(' '), library))) return undefined;
  for (const space of SPACES) {
    if (!(await isByWords(`the${space}fox${space}ran`, ['the', 'fox', 'ran'], library))) return single;
  }
  return wordRules(true, added);
}

async function readHead(file: string): Promise<z.infer<typeof headSchema> | undefined> {
  const text = await readStart(file);
  const at = text.search(MODEL);
  if (at === -1) return undefined;
  try {
    return headSchema.parse(JSON.parse(`${text.slice(0, at)}"model":null}`));
  } catch {
    return undefined;
  }
}

async function readStart(file: string): Promise<string> {
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

/** A part of the file, or the parts of which it is a sequence. */
function stepsOf(part: unknown): Step[] {
  if (part === null || part === undefined) return [];
  const step = part as Step;
  const steps = step['normalizers'] ?? step['pretokenizers'];
  return step.type === 'Sequence' && Array.isArray(steps) ? steps.flatMap(stepsOf) : [step];
}

function isLocal({ type, pattern }: Step): boolean {
  if (LOCAL_NORMALIZERS.has(type)) return true;
  // Several spaces in a row become one: those texts are tried before they are taken apart.
  return type === 'Replace' && JSON.stringify(pattern) === '{"Regex":" {2,}"}';
}

function splitsWords(steps: readonly Step[]): boolean {
  const [first, ...others] = steps;
  if (first === undefined || !others.every((step) => WITHIN_WORDS.has(step.type))) return false;
  if (!steps.every(marksEveryWord)) return false;
  return WORD_SPLITTERS.includes(first.type) || first.type === 'Metaspace';
}

/** A Metaspace may mark the first word of a text only, or not split where it marks. */
function marksEveryWord({ type, prepend_scheme: scheme, split }: Step): boolean {
  return type !== 'Metaspace' || (scheme === 'always' && split === true);
}

async function isByWords(text: string, words: readonly string[], library: TextEncoder): Promise<boolean> {
  const [whole = [], ...single] = await library.encode([text, ...words]);
  const joined = single.flat();
  return whole.length === joined.length && joined.every((id, index) => id === whole[index]);
}
