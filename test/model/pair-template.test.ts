import { Tokenizer } from 'tokenizers';
import { expect, it } from 'vitest';
import { readPairTemplate } from '../../src/model/tokenizer/pair-template.ts';

const vocabulary = { '[UNK]': 0, '<s>': 1, '</s>': 2, '[CLS]': 3, '[SEP]': 4, a: 5, the: 6 };

function tokenizer(postProcessor: unknown): Tokenizer {
  const model = { type: 'WordLevel', vocab: vocabulary, unk_token: '[UNK]' };
  return Tokenizer.fromString(
    JSON.stringify({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: postProcessor,
      decoder: null,
      model,
    }),
  );
}

const roberta = {
  type: 'RobertaProcessing',
  sep: ['</s>', 2],
  cls: ['<s>', 1],
  trim_offsets: true,
  add_prefix_space: true,
};
const bert = { type: 'BertProcessing', sep: ['[SEP]', 4], cls: ['[CLS]', 3] };

it('reads <s> A </s></s> B </s> off a RoBERTa post-processor', async () => {
  expect(await readPairTemplate(tokenizer(roberta))).toMatchObject({
    before: { ids: [1] },
    between: { ids: [2, 2] },
    after: { ids: [2] },
    documentTypeId: 0,
  });
});

it('reads [CLS] A [SEP] B [SEP] and its segments off a BERT post-processor', async () => {
  expect(await readPairTemplate(tokenizer(bert))).toEqual({
    before: { ids: [3], typeIds: [0] },
    between: { ids: [4], typeIds: [0] },
    after: { ids: [4], typeIds: [1] },
    queryTypeId: 0,
    documentTypeId: 1,
  });
});

it('sees through a sequence of post-processors', async () => {
  const sequence = {
    type: 'Sequence',
    processors: [{ type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true }, bert],
  };
  expect((await readPairTemplate(tokenizer(sequence))).between.ids).toEqual([4]);
});

it('finds no special tokens where there is no post-processor', async () => {
  const template = await readPairTemplate(tokenizer(null));
  expect([template.before.ids, template.between.ids, template.after.ids]).toEqual([[], [], []]);
});
