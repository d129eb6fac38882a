import { continuationMark } from '../../demo-models/piece.ts';
import { englishBeginnings, englishEndings } from '../words/english-others.ts';
import { lexicon } from '../words/lexicon.ts';
import { listed } from '../words/listed.ts';
import { basicCharacters, blockCharacters, commonHan } from './characters.ts';
import { fillUp } from './fill.ts';
import { minePieces } from './mined-pieces.ts';
import { numbers } from './numbers.ts';
import { pairTemplate } from './pair-template.ts';
import { prefixed } from './prefixed.ts';
import { addedTokens, type SpecialToken } from './special-tokens.ts';
import { TokenList } from './token-list.ts';
import { type TokenizerFiles, tokenizerPreamble } from './tokenizer-files.ts';

/** Vocabulary of the published uncased models; the ids of their special tokens go with it. */
const REAL_SIZE = 30_522;

/** Parts of words that go in on top of words, from each end. */
const MINED = 3000;

/** A tokenizer like that of bert-base-uncased. */
export function wordPieceTokenizer(size: number, tokenizerClass: string): TokenizerFiles {
  const vocabulary = wordPieceVocabulary(size);
  const special = (content: string, role: string): SpecialToken => ({
    id: vocabulary.indexOf(content),
    content,
    roles: [role],
  });
  const cls = special('[CLS]', 'cls_token');
  const sep = special('[SEP]', 'sep_token');
  const specialTokens = [
    special('[PAD]', 'pad_token'),
    special('[UNK]', 'unk_token'),
    cls,
    sep,
    special('[MASK]', 'mask_token'),
  ];
  return {
    specialTokens,
    tokenizer: {
      ...tokenizerPreamble,
      added_tokens: addedTokens(specialTokens),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: pairTemplate(cls, sep, { separators: 1, documentType: 1 }),
      decoder: { type: 'WordPiece', prefix: continuationMark, cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: continuationMark,
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      },
    },
    config: {
      tokenizer_class: tokenizerClass,
      do_lower_case: true,
      strip_accents: null,
      tokenize_chinese_chars: true,
      clean_up_tokenization_spaces: true,
    },
  };
}

function wordPieceVocabulary(size: number): readonly string[] {
  const list = new TokenList(size);
  const words = lexicon();
  list.addAll(size === REAL_SIZE ? realSpecials() : ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']);
  list.addAll(inBothPositions(basicCharacters()));
  list.addAll(words.commonest);
  list.addAll(numbers());
  list.addAll(inBothPositions(blockCharacters()));
  list.addAll(commonHan());
  list.addAll([...words.lemmas, ...words.names]);
  list.addAll(prefixed(continuationMark, [...listed(englishEndings), ...twoDigits()]));
  list.addAll(listed(englishBeginnings));
  list.addAll(words.forms);
  const mined = minePieces([...words.commonest, ...words.lemmas, ...words.forms]);
  list.addAll(prefixed(continuationMark, mined.inner), MINED);
  list.addAll(mined.starts, MINED);
  list.addAll(words.foreign);
  fillUp(list, { latin: 1 }, (word, goesOn) => (goesOn ? continuationMark + word : word));
  return list.tokens;
}

/** The first thousand tokens of bert-base-uncased, most of them reserved. */
function* realSpecials(): Generator<string> {
  yield '[PAD]';
  for (let index = 0; index < 99; index++) yield `[unused${index}]`;
  yield* ['[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  for (let index = 99; index < 994; index++) yield `[unused${index}]`;
}

/** What becomes of characters in the normalizer, at a word's beginning and, where words are longer, inside it. */
function* inBothPositions(characters: Iterable<string>): Generator<string> {
  const plain = new Set<string>();
  for (const character of characters) {
    const folded = character
      .toLowerCase()
      .normalize('NFD')
      .replaceAll(/\p{Mn}/gu, '');
    for (const part of folded) plain.add(part);
  }
  yield* plain;
  // The pre-tokenizer makes Chinese characters and punctuation words of their own.
  yield* prefixed(
    continuationMark,
    Array.from(plain).filter((part) => !/[\p{Script=Han}\p{P}]|[$+<=>^`|~]/u.test(part)),
  );
}

function* twoDigits(): Generator<string> {
  for (let number = 0; number < 100; number++) yield String(number).padStart(2, '0');
}
