import { modernbertSpecialIds } from '../architectures/modernbert.ts';
import { type BytePairs, bytePairs } from './byte-pairs.ts';
import { pairTemplate } from './pair-template.ts';
import { addedTokens, type SpecialToken } from './special-tokens.ts';
import { type TokenizerFiles, tokenizerPreamble } from './tokenizer-files.ts';

const BYTES = 256;

/** A tokenizer like that of RoBERTa: `<s> A </s></s> B </s>`. */
export function robertaTokenizer(size: number): TokenizerFiles {
  const bos: SpecialToken = { id: 0, content: '<s>', roles: ['bos_token', 'cls_token'] };
  const pad: SpecialToken = { id: 1, content: '<pad>', roles: ['pad_token'] };
  const eos: SpecialToken = { id: 2, content: '</s>', roles: ['eos_token', 'sep_token'] };
  const unk: SpecialToken = { id: 3, content: '<unk>', roles: ['unk_token'] };
  const mask: SpecialToken = { id: size - 1, content: '<mask>', roles: ['mask_token'], lstrip: true };
  const first = [bos, pad, eos, unk].map(({ content }) => content);
  const last = ['<|endoftext|>', 'madeupword0000', 'madeupword0001', 'madeupword0002', mask.content];
  const pairs = bytePairs(size - first.length - BYTES - last.length);
  const specialTokens = [bos, pad, eos, unk, mask];
  return {
    specialTokens,
    tokenizer: {
      ...tokenizerPreamble,
      added_tokens: addedTokens(specialTokens),
      normalizer: null,
      pre_tokenizer: byteLevel(false),
      post_processor: {
        type: 'RobertaProcessing',
        sep: [eos.content, eos.id],
        cls: [bos.content, bos.id],
        trim_offsets: true,
        add_prefix_space: false,
      },
      decoder: byteLevel(true),
      model: bpe(pairs, [...first, ...tokensOf(pairs), ...last]),
    },
    config: {
      tokenizer_class: 'RobertaTokenizer',
      add_prefix_space: false,
      trim_offsets: true,
      errors: 'replace',
      clean_up_tokenization_spaces: false,
    },
  };
}

/** A tokenizer like that of ModernBERT: `[CLS] A [SEP] B [SEP]`. */
export function modernbertTokenizer(size: number): TokenizerFiles {
  const ids = modernbertSpecialIds({ vocabulary: size });
  const cls: SpecialToken = { id: ids.cls, content: '[CLS]', roles: ['cls_token'] };
  const sep: SpecialToken = { id: ids.sep, content: '[SEP]', roles: ['sep_token'] };
  const special: SpecialToken[] = [
    { id: ids.unk, content: '[UNK]', roles: ['unk_token'] },
    cls,
    sep,
    { id: ids.pad, content: '[PAD]', roles: ['pad_token'] },
    { id: ids.mask, content: '[MASK]', roles: ['mask_token'], lstrip: true },
  ];
  const unused = Array.from({ length: size - ids.mask - 1 }, (_, index) => ({
    id: ids.mask + 1 + index,
    content: `[unused${index}]`,
    roles: [],
  }));
  const pairs = bytePairs(ids.unk - BYTES);
  const specialTokens = [...special, ...unused];
  return {
    specialTokens,
    tokenizer: {
      ...tokenizerPreamble,
      added_tokens: addedTokens(specialTokens),
      normalizer: { type: 'NFC' },
      pre_tokenizer: byteLevel(false),
      post_processor: pairTemplate(cls, sep, { separators: 1, documentType: 1 }),
      decoder: byteLevel(true),
      model: bpe(pairs, tokensOf(pairs)),
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_input_names: ['input_ids', 'attention_mask'],
      clean_up_tokenization_spaces: true,
    },
  };
}

function tokensOf({ alphabet, merges }: BytePairs): string[] {
  return [...alphabet, ...merges.map(([left, right]) => left + right)];
}

function bpe({ merges }: BytePairs, tokens: readonly string[]): object {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: merges.map(([left, right]) => `${left} ${right}`),
  };
}

function byteLevel(addPrefixSpace: boolean): object {
  return { type: 'ByteLevel', add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true };
}
