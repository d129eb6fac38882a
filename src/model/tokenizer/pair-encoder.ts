import { Tokenizer } from 'tokenizers';
import { type PairTemplate, readPairTemplate, templateTokens } from './pair-template.ts';
import type { EncodedPairs } from './protocol.ts';

/** Characters read of a text for every token that can be used; more are read only where this gives too few. */
const CHARACTERS_PER_TOKEN = 8;

/** The last tokens before a cut may depend on what was cut off: this many are never used. */
const TOKENS_NEAR_CUT = 32;

/** A text may need several looks; each reads this many times more than the one before. */
const LONGER_LOOK = 8;

/**
 * Encodes (query, document) pairs as FlagEmbedding's rerankers were trained: the query is cut to three quarters of the
 * length, then the document to what is left (`compute_score`: max_length * 3 // 4, then `truncation="only_second"`), and the
 * special tokens stay whole.
 */
export class PairEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #template: PairTemplate;

  private constructor(tokenizer: Tokenizer, template: PairTemplate) {
    this.#tokenizer = tokenizer;
    this.#template = template;
  }

  /** @throws Error with the library's message when the file is not a tokenizer. */
  static async load(tokenizerFile: string): Promise<PairEncoder> {
    const tokenizer = Tokenizer.fromFile(tokenizerFile);
    // tokenizer.json often carries the settings of the training run; both are ours to decide.
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    return new PairEncoder(tokenizer, await readPairTemplate(tokenizer));
  }

  /** @param maxLength tokens of a whole pair, special tokens included. */
  async encode(query: string, documents: readonly string[], maxLength: number): Promise<EncodedPairs> {
    const [queryIds = []] = await this.#firstTokens([query], Math.floor((maxLength * 3) / 4));
    const room = Math.max(0, maxLength - templateTokens(this.#template) - queryIds.length);
    const documentIds = await this.#firstTokens(documents, room + 1);
    return assemble(this.#template, queryIds, documentIds, room);
  }

  /** The first tokens of each text, at most `limit`, without special tokens and without reading far beyond them. */
  async #firstTokens(texts: readonly string[], limit: number): Promise<number[][]> {
    const found: number[][] = texts.map(() => []);
    let pending = texts.map((_, index) => index);
    for (
      let look = (limit + TOKENS_NEAR_CUT) * CHARACTERS_PER_TOKEN;
      pending.length > 0;
      look *= LONGER_LOOK
    ) {
      const heads = pending.map((index) => head(texts[index] ?? '', look));
      const encodings = await this.#tokenizer.encodeBatch(heads, { addSpecialTokens: false });
      pending = pending.filter((index, at) => {
        const ids = encodings[at]?.getIds() ?? [];
        const wasCut = heads[at]?.length !== texts[index]?.length;
        if (wasCut && ids.length < limit + TOKENS_NEAR_CUT) return true;
        found[index] = ids.length > limit ? ids.slice(0, limit) : ids;
        return false;
      });
    }
    return found;
  }
}

/** The first `characters` UTF-16 units, well-formed: the library takes UTF-8, which has no lone surrogates. */
function head(text: string, characters: number): string {
  if (text.length <= characters) return text.toWellFormed();
  const isInsidePair = (text.charCodeAt(characters) & 0xfc00) === 0xdc00;
  return text.slice(0, isInsidePair ? characters - 1 : characters).toWellFormed();
}

function assemble(
  template: PairTemplate,
  query: number[],
  documents: number[][],
  room: number,
): EncodedPairs {
  const { before, between, after } = template;
  const fixed = templateTokens(template) + query.length;
  const lengths = Uint32Array.from(documents, (document) => fixed + Math.min(document.length, room));
  const truncated = Uint8Array.from(documents, (document) => (document.length > room ? 1 : 0));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const typeIds = new Uint8Array(total);
  let at = 0;
  const append = (tokens: readonly number[], types: readonly number[] | number): void => {
    ids.set(tokens, at);
    if (typeof types === 'number') typeIds.fill(types, at, at + tokens.length);
    else typeIds.set(types, at);
    at += tokens.length;
  };
  for (const document of documents) {
    append(before.ids, before.typeIds);
    append(query, template.queryTypeId);
    append(between.ids, between.typeIds);
    append(document.length > room ? document.slice(0, room) : document, template.documentTypeId);
    append(after.ids, after.typeIds);
  }
  return { lengths, ids, typeIds, truncated };
}
