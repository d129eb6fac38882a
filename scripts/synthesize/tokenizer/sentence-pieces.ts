import { charsMap } from './chars-map.ts';
import { pairTemplate } from './pair-template.ts';
import { addedTokens, type SpecialToken } from './special-tokens.ts';
import { type TokenizerFiles, tokenizerPreamble } from './tokenizer-files.ts';
import { SPACE, unigramVocabulary } from './unigram.ts';

const metaspace = { type: 'Metaspace', replacement: SPACE, prepend_scheme: 'always', split: true };

/** A tokenizer like that of XLM-RoBERTa: `<s> A </s></s> B </s>`. */
export function xlmRobertaTokenizer(size: number): TokenizerFiles {
  const bos: SpecialToken = { id: 0, content: '<s>', roles: ['bos_token', 'cls_token'] };
  const pad: SpecialToken = { id: 1, content: '<pad>', roles: ['pad_token'] };
  const eos: SpecialToken = { id: 2, content: '</s>', roles: ['eos_token', 'sep_token'] };
  const unk: SpecialToken = { id: 3, content: '<unk>', roles: ['unk_token'] };
  const mask: SpecialToken = { id: size - 1, content: '<mask>', roles: ['mask_token'], lstrip: true };
  const pieces = unigramVocabulary({
    first: [bos, pad, eos, unk].map(({ content }) => content),
    size: size - 1,
    isMultilingual: true,
    fill: {
      cyrillic: 0.14,
      han: 0.12,
      arabic: 0.07,
      hangul: 0.06,
      devanagari: 0.05,
      katakana: 0.04,
      greek: 0.03,
      hebrew: 0.02,
      bengali: 0.02,
      kana: 0.02,
      thai: 0.01,
      latin: 0.42,
    },
  });
  const specialTokens = [bos, pad, eos, unk, mask];
  return {
    specialTokens,
    tokenizer: {
      ...tokenizerPreamble,
      added_tokens: addedTokens(specialTokens),
      normalizer: { type: 'Precompiled', precompiled_charsmap: charsMap().toString('base64') },
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] },
      post_processor: pairTemplate(bos, eos, { separators: 2, documentType: 0 }),
      decoder: metaspace,
      model: { type: 'Unigram', unk_id: unk.id, vocab: [...pieces, [mask.content, 0]], byte_fallback: false },
    },
    config: { tokenizer_class: 'XLMRobertaTokenizer', clean_up_tokenization_spaces: true },
  };
}

/** Pieces of the published tokenizer, which leaves the last hundred rows of the embeddings to the mask token alone. */
const DEBERTA_PIECES = 128_000;

/** A tokenizer like that of DeBERTa version 3: `[CLS] A [SEP] B [SEP]`. */
export function debertaTokenizer(rows: number): TokenizerFiles {
  const size = Math.min(rows - 1, DEBERTA_PIECES);
  const pad: SpecialToken = { id: 0, content: '[PAD]', roles: ['pad_token'] };
  const cls: SpecialToken = { id: 1, content: '[CLS]', roles: ['bos_token', 'cls_token'] };
  const sep: SpecialToken = { id: 2, content: '[SEP]', roles: ['eos_token', 'sep_token'] };
  const unk: SpecialToken = { id: 3, content: '[UNK]', roles: ['unk_token'] };
  const mask: SpecialToken = { id: size, content: '[MASK]', roles: ['mask_token'] };
  const pieces = unigramVocabulary({
    first: [pad, cls, sep, unk].map(({ content }) => content),
    size,
    isMultilingual: false,
    fill: { cyrillic: 0.03, han: 0.02, greek: 0.01, arabic: 0.01, latin: 0.93 },
  });
  const specialTokens = [pad, cls, sep, unk, mask];
  return {
    specialTokens,
    tokenizer: {
      ...tokenizerPreamble,
      added_tokens: addedTokens(specialTokens),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Replace', pattern: { Regex: '\\s{2,}|[\\n\\r\\t]' }, content: ' ' },
          { type: 'NFC' },
          { type: 'Strip', strip_left: false, strip_right: true },
        ],
      },
      pre_tokenizer: { type: 'Sequence', pretokenizers: [metaspace] },
      post_processor: pairTemplate(cls, sep, { separators: 1, documentType: 1 }),
      decoder: metaspace,
      model: { type: 'Unigram', unk_id: unk.id, vocab: pieces, byte_fallback: false },
    },
    config: {
      tokenizer_class: 'DebertaV2Tokenizer',
      do_lower_case: false,
      split_by_punct: false,
      sp_model_kwargs: {},
      vocab_type: 'spm',
      clean_up_tokenization_spaces: false,
    },
  };
}
