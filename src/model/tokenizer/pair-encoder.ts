import { Tokenizer } from 'tokenizers';
import { inspectTokenizer } from './inspect-tokenizer.ts';
import { type PairTemplate, readPairTemplate, templateTokens } from './pair-template.ts';
import type { EncodedPairs, InspectRequest, TokenizerInspection } from './protocol.ts';

/** Characters read of a text for every token that can be used; more are read only where this gives too few. */
const CHARACTERS_PER_TOKEN = 8;

/** The last tokens before a cut may depend on what was cut off: this many are never used. */
const TOKENS_NEAR_CUT = 32;

/** A text that gives few tokens gets one longer look. What lies beyond is not read: the work on a text is bounded. */
const LONGER_LOOK = 8;

interface TextStart {
  readonly ids: readonly number[];
  /** There is more text than these tokens. */
  readonly isCut: boolean;
}

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
    const [start] = await this.#startOf([query], Math.floor((maxLength * 3) / 4));
    const queryIds = start?.ids ?? [];
    const room = Math.max(0, maxLength - templateTokens(this.#template) - queryIds.length);
    return assemble(this.#template, queryIds, await this.#startOf(documents, room));
  }

  /** @see inspectTokenizer */
  inspect(request: InspectRequest): Promise<TokenizerInspection> {
    return inspectTokenizer(this.#tokenizer, request);
  }

  /** The first tokens of each text, at most `limit`, without special tokens and without reading far beyond them. */
  async #startOf(texts: readonly string[], limit: number): Promise<TextStart[]> {
    const found: TextStart[] = texts.map(() => ({ ids: [], isCut: false }));
    const firstLook = (limit + TOKENS_NEAR_CUT) * CHARACTERS_PER_TOKEN;
    const lastLook = firstLook * LONGER_LOOK;
    let pending = texts.map((_, index) => index);
    for (let look = firstLook; pending.length > 0; look = lastLook) {
      const heads = pending.map((index) => head(texts[index] ?? '', look));
      const encodings = await this.#tokenizer.encodeBatch(heads, { addSpecialTokens: false });
      pending = pending.filter((index, at) => {
        const ids = encodings[at]?.getIds() ?? [];
        const isHead = heads[at]?.length !== texts[index]?.length;
        if (isHead && look < lastLook && ids.length < limit + TOKENS_NEAR_CUT) return true;
        found[index] = { ids: ids.slice(0, limit), isCut: isHead || ids.length > limit };
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
  query: readonly number[],
  documents: readonly TextStart[],
): EncodedPairs {
  const { before, between, after } = template;
  const fixed = templateTokens(template) + query.length;
  const lengths = Uint32Array.from(documents, ({ ids }) => fixed + ids.length);
  const truncated = Uint8Array.from(documents, ({ isCut }) => (isCut ? 1 : 0));
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
    append(document.ids, template.documentTypeId);
    append(after.ids, after.typeIds);
  }
  return { lengths, ids, typeIds, truncated };
}
