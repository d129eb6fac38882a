import { readFileSync } from 'node:fs';
import { AutoTokenizer } from '@huggingface/transformers';
import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { demoModels, modelDirectory } from './demo-scorer.ts';
import { rankingSet } from './ranking-set.ts';

describe.each(demoModels)('the tokenizer of %s', async (name) => {
  const directory = modelDirectory(name);
  const tokenizer = Tokenizer.fromFile(`${directory}/tokenizer.json`);
  const tokensOf = async (text: string) =>
    (await tokenizer.encode(text, null, { addSpecialTokens: false })).getTokens();

  it('has its special tokens at the first ids', () => {
    const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
    expect(special.map((token) => tokenizer.tokenToId(token))).toEqual([0, 1, 2, 3, 4]);
  });

  it('joins a pair as [CLS] A [SEP] B [SEP] with type ids 0 and 1', async () => {
    const pair = await tokenizer.encode('cat', 'dogs');
    expect(pair.getTokens()).toEqual(['[CLS]', 'cat', '[SEP]', 'dog', '##s', '[SEP]']);
    expect(pair.getTypeIds()).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('splits words into triples, keeps little words whole, and isolates Han characters and symbols', async () => {
    expect(await tokensOf('Photosynthesis')).toEqual(['pho', '##tos', '##ynt', '##hes', '##is']);
    expect(await tokensOf('What between')).toEqual(['what', 'between']);
    expect(await tokensOf('光合x')).toEqual(['光', '合', 'x']);
    expect(await tokensOf('€20😀ok')).toEqual(['€', '20', '[UNK]', 'ok']);
    expect(await tokensOf('Größe')).toEqual(await tokensOf('grosse'));
  });

  it('leaves no word of the ranking sets unknown', async () => {
    for (const { query, right, wrong } of [...rankingSet('development'), ...rankingSet('held-out')]) {
      for (const text of [query, right, ...wrong]) expect(await tokensOf(text), text).not.toContain('[UNK]');
    }
  });

  it('reads the same in transformers.js', async () => {
    const other = await AutoTokenizer.from_pretrained(directory, { local_files_only: true });
    const odd = '€5 & 20°C 😀x ½ ﬁne Œuvre ẞ don’t A+B 地震は';
    for (const { query, right } of rankingSet('held-out')) {
      for (const document of [right, odd]) {
        const expected = await tokenizer.encode(query, document);
        const actual = other(query, { text_pair: document });
        expect(Array.from(actual.input_ids.data, Number)).toEqual(expected.getIds());
        expect(Array.from(actual.token_type_ids?.data ?? [], Number)).toEqual(expected.getTypeIds());
      }
    }
  });

  it('fits config.json', () => {
    const config = JSON.parse(readFileSync(`${directory}/config.json`, 'utf8'));
    expect(config).toMatchObject({ num_labels: 1, pad_token_id: 0, max_position_embeddings: 1024 });
    expect(config.vocab_size).toBe(tokenizer.getVocabSize());
  });
});
