import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from 'tokenizers';

/** More make the texts no more different. */
const ENOUGH = 20_000;

/** How a unigram vocabulary writes the space before a word. */
const WORD = /^▁(\p{Ll}{2,})$/u;

interface UnigramFile {
  readonly model: { readonly vocab: readonly (readonly [piece: string, score: number])[] };
}

/**
 * Words of which the tokenizer makes one token each, so that a text of them is as long as it has words.
 * @param directory a checkpoint with a unigram tokenizer.json
 */
export async function oneTokenWords(directory: string): Promise<string[]> {
  const path = join(directory, 'tokenizer.json');
  const { model } = JSON.parse(await readFile(path, 'utf8')) as UnigramFile;
  const words = model.vocab.flatMap(([piece]) => WORD.exec(piece)?.[1] ?? []).slice(0, ENOUGH);
  const encodings = await Tokenizer.fromFile(path).encodeBatch(words, { addSpecialTokens: false });
  const single = words.filter((_, index) => encodings[index]?.getIds().length === 1);
  if (single.length === 0) throw new Error(`${path} has no word that is one token`);
  return single;
}
