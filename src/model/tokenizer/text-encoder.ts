import type { Tokenizer } from 'tokenizers';

/** Token ids of texts, without special tokens. */
export interface TextEncoder {
  /** @returns the ids of each text, in the order of the texts; not to be changed. */
  encode(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** The library itself, for whole texts. */
export class LibraryEncoder implements TextEncoder {
  readonly #tokenizer: Tokenizer;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  async encode(texts: readonly string[]): Promise<number[][]> {
    if (texts.length === 0) return [];
    const encodings = await this.#tokenizer.encodeBatch([...texts], { addSpecialTokens: false });
    return encodings.map((encoding) => encoding.getIds());
  }
}
