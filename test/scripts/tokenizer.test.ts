import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import {
  type ArchitectureName,
  architectureNames,
  TINY_VOCABULARY,
} from '../../scripts/synthesize/architectures/architecture.ts';
import { modernbertSpecialIds } from '../../scripts/synthesize/architectures/modernbert.ts';
import { tokenizers } from '../../scripts/synthesize/tokenizer/registry.ts';
import { wordPieceTokenizer } from '../../scripts/synthesize/tokenizer/word-piece.ts';
import { readJson, synthesized } from './support/synthesized.ts';

const special: Readonly<Record<ArchitectureName, Readonly<Record<string, number>>>> = {
  'xlm-roberta': { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, '<mask>': TINY_VOCABULARY - 1 },
  roberta: { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, '<mask>': TINY_VOCABULARY - 1 },
  bert: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4 },
  distilbert: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4 },
  electra: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4 },
  modernbert: {
    '[UNK]': TINY_VOCABULARY - 5,
    '[CLS]': TINY_VOCABULARY - 4,
    '[SEP]': TINY_VOCABULARY - 3,
    '[PAD]': TINY_VOCABULARY - 2,
    '[MASK]': TINY_VOCABULARY - 1,
  },
  'deberta-v2': { '[PAD]': 0, '[CLS]': 1, '[SEP]': 2, '[UNK]': 3, '[MASK]': TINY_VOCABULARY - 1 },
};

/** Ordinary text in the scripts that every vocabulary covers. */
const texts = {
  English: 'the people of this country want to know how much water there is.',
  German: 'wo ist die schule, und was kostet ein buch?',
  Russian: 'москва является столицей россии.',
  Arabic: 'القاهرة هي عاصمة مصر',
  Hindi: 'भारत की राजधानी दिली',
  Thai: 'กรงเทพเปนเมองหลวง',
  Chinese: '法国的首都是最大的城市',
  digits: '3 + 4 = 7, 100%',
  emoji: '👍 😀 🎉',
} as const;

describe.each(architectureNames)('the tokenizer of %s', (architecture) => {
  const files = tokenizers[architecture](TINY_VOCABULARY);
  const tokenizer = Tokenizer.fromString(JSON.stringify(files.tokenizer));
  const isUncased = ['bert', 'distilbert', 'electra'].includes(architecture);

  it('has as many tokens as the model has embeddings, and its special tokens where the config has them', async () => {
    expect(tokenizer.getVocabSize()).toBe(TINY_VOCABULARY);
    const ids = Object.values(tokenizer.getVocab());
    expect(new Set(ids).size).toBe(TINY_VOCABULARY);
    expect(Math.max(...ids)).toBe(TINY_VOCABULARY - 1);
    for (const [token, id] of Object.entries(special[architecture])) {
      expect(tokenizer.tokenToId(token), token).toBe(id);
    }
    const directory = await synthesized({ architecture });
    expect(await readJson(directory, 'tokenizer.json')).toEqual(files.tokenizer);
    const config = await readJson(directory, 'config.json');
    const map = await readJson(directory, 'special_tokens_map.json');
    expect(tokenizer.tokenToId(map.pad_token as string)).toBe(config.pad_token_id);
    const tokenizerConfig = await readJson(directory, 'tokenizer_config.json');
    expect(tokenizerConfig).toMatchObject({ pad_token: map.pad_token, model_max_length: 256 });
    const decoder = Object.entries(
      tokenizerConfig.added_tokens_decoder as Record<string, { content: string }>,
    );
    expect(Object.fromEntries(decoder.map(([id, { content }]) => [content, Number(id)]))).toEqual(
      special[architecture],
    );
    expect(files.specialTokens.map(({ id, content }) => [content, id])).toEqual(
      expect.arrayContaining(Object.entries(special[architecture])),
    );
  });

  it('gives ordinary text in many scripts back', async () => {
    const unknown = tokenizer.tokenToId('[UNK]') ?? tokenizer.tokenToId('<unk>');
    for (const [script, text] of Object.entries(texts)) {
      const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false });
      expect(encoding.getIds(), script).not.toContain(unknown);
      const back = await tokenizer.decode(encoding.getIds(), true);
      // WordPiece forgets where spaces were, and its normalizer takes vowel signs for accents.
      const plain = (given: string): string =>
        isUncased
          ? given
              .normalize('NFD')
              .replaceAll(/[\p{Mn}\s]/gu, '')
              .toLowerCase()
          : given;
      expect(plain(back), script).toBe(plain(text));
    }
  });

  it('puts its special tokens around a pair', async () => {
    const pair = await tokenizer.encode('the', 'is');
    const expected = {
      'xlm-roberta': '<s> ▁the </s> </s> ▁is </s>',
      roberta: '<s> the </s> </s> is </s>',
      bert: '[CLS] the [SEP] is [SEP]',
      distilbert: '[CLS] the [SEP] is [SEP]',
      electra: '[CLS] the [SEP] is [SEP]',
      modernbert: '[CLS] the [SEP] is [SEP]',
      'deberta-v2': '[CLS] ▁the [SEP] ▁is [SEP]',
    };
    expect(pair.getTokens().join(' ')).toBe(expected[architecture]);
    const documentType = architecture.includes('roberta') ? 0 : 1;
    expect(pair.getTypeIds().at(0)).toBe(0);
    expect(pair.getTypeIds().at(-1)).toBe(documentType);
  });

  it('keeps common words whole', async () => {
    const { length } = (
      await tokenizer.encode('x because they were with their', null, { addSpecialTokens: false })
    ).getTokens();
    expect(length).toBeLessThanOrEqual(7);
  });
});

describe('a tokenizer of real size', () => {
  it('has the special tokens of the published models where these have them', () => {
    const { tokenizer } = wordPieceTokenizer(30_522, 'BertTokenizer');
    const { vocab } = (tokenizer as { model: { vocab: Record<string, number> } }).model;
    expect(Object.keys(vocab)).toHaveLength(30_522);
    expect(vocab).toMatchObject({
      '[PAD]': 0,
      '[unused0]': 1,
      '[UNK]': 100,
      '[CLS]': 101,
      '[SEP]': 102,
      '[MASK]': 103,
      '[unused993]': 998,
    });
    expect(modernbertSpecialIds({ vocabulary: 50_368 })).toEqual({
      unk: 50_280,
      cls: 50_281,
      sep: 50_282,
      pad: 50_283,
      mask: 50_284,
    });
  });
});
