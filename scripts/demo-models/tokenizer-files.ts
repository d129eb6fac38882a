import { continuationMark, type Piece } from './piece.ts';
import { specialTokens } from './vocabulary.ts';

/** Tokens that a pair may have; matching needs memory of query length times document length. */
export const maxTokens = 1024;

/** Characters from which on a run without a space is not worth splitting and becomes [UNK]. */
const maxWordCharacters = 200;

/** Letters that accent stripping leaves alone, and their usual transcription. */
const transcriptions = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** The contents of tokenizer.json, in the format of the Hugging Face `tokenizers` library. */
export function tokenizerJson(pieces: readonly Piece[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => addedToken(id, content)),
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, bertNormalizer, ...replacements()] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        // Emoji and currency signs would otherwise stick to a word and make all of it unknown.
        { type: 'Split', pattern: { Regex: '\\p{S}' }, behavior: 'Isolated', invert: false },
        { type: 'BertPreTokenizer' },
      ],
    },
    post_processor: postProcessor(),
    decoder: { type: 'WordPiece', prefix: continuationMark, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: continuationMark,
      max_input_chars_per_word: maxWordCharacters,
      vocab: Object.fromEntries(ids(pieces)),
    },
  };
}

/** The contents of tokenizer_config.json. */
export function tokenizerConfigJson(): object {
  return {
    tokenizer_class: 'BertTokenizer',
    model_max_length: maxTokens,
    model_input_names: ['input_ids', 'token_type_ids', 'attention_mask'],
    padding_side: 'right',
    truncation_side: 'right',
    clean_up_tokenization_spaces: true,
    ...specialTokensJson(),
    added_tokens_decoder: Object.fromEntries(
      specialTokens.map((content, id) => {
        const { id: _, ...token } = addedToken(id, content);
        return [String(id), token];
      }),
    ),
  };
}

/** The contents of special_tokens_map.json. */
export function specialTokensJson(): object {
  return {
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  };
}

const bertNormalizer = {
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: true,
  lowercase: true,
};

function addedToken(id: number, content: string) {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function replacements(): object[] {
  return Object.entries(transcriptions).map(([letter, content]) => ({
    type: 'Replace',
    pattern: { String: letter },
    content,
  }));
}

const special = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
const text = (id: 'A' | 'B', type: number) => ({ Sequence: { id, type_id: type } });

function postProcessor(): object {
  const used = ['[CLS]', '[SEP]'] as const;
  return {
    type: 'TemplateProcessing',
    single: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)],
    pair: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0), text('B', 1), special('[SEP]', 1)],
    special_tokens: Object.fromEntries(
      used.map((id) => [id, { id, ids: [specialTokens.indexOf(id)], tokens: [id] }]),
    ),
  };
}

function ids(pieces: readonly Piece[]): [string, number][] {
  return pieces.map(({ token }, id) => [token, id]);
}
