import type { SpecialToken } from './special-tokens.ts';

/** A tokenizer, as it lies in a model directory. */
export interface TokenizerFiles {
  /** tokenizer.json, in the format of the Hugging Face `tokenizers` library. */
  readonly tokenizer: object;
  /** tokenizer_config.json, beyond the special tokens and the length. */
  readonly config: object;
  readonly specialTokens: readonly SpecialToken[];
}

/** What all tokenizer.json files begin with. */
export const tokenizerPreamble = { version: '1.0', truncation: null, padding: null };
