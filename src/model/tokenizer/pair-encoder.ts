import { Tokenizer } from 'tokenizers';
import type { Cut } from '../text-limits.ts';
import { assemblePairs, type DocumentPart } from './assemble-pairs.ts';
import { inspectTokenizer } from './inspect-tokenizer.ts';
import { type PairTemplate, readPairTemplate, templateTokens } from './pair-template.ts';
import { type EncodedPairs, type InspectRequest, Mark, type TokenizerInspection } from './protocol.ts';
import { type ReadText, readTokens } from './read-tokens.ts';
import { LibraryEncoder, type TextEncoder } from './text-encoder.ts';
import { windowsHold, windowsOver } from './windows.ts';
import { readWordRules } from './words/read-word-rules.ts';
import { WordEncoder } from './words/word-encoder.ts';

/**
 * Encodes (query, document) pairs as FlagEmbedding's rerankers were trained: the query is cut to three quarters of the
 * length, then the document to what is left (`compute_score`: max_length * 3 // 4, then `truncation="only_second"`), and the
 * special tokens stay whole.
 */
export class PairEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #encoder: TextEncoder;
  readonly #template: PairTemplate;

  private constructor(tokenizer: Tokenizer, encoder: TextEncoder, template: PairTemplate) {
    this.#tokenizer = tokenizer;
    this.#encoder = encoder;
    this.#template = template;
  }

  /** @throws Error with the library's message when the file is not a tokenizer. */
  static async load(tokenizerFile: string): Promise<PairEncoder> {
    const tokenizer = Tokenizer.fromFile(tokenizerFile);
    // tokenizer.json often carries the settings of the training run; both are ours to decide.
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    const library = new LibraryEncoder(tokenizer);
    const rules = await readWordRules(tokenizerFile, library);
    const encoder = rules === undefined ? library : new WordEncoder(library, rules);
    return new PairEncoder(tokenizer, encoder, await readPairTemplate(tokenizer));
  }

  /**
   * One row a document, or one a window where the cut asks for windows.
   * @param maxLength tokens of a whole pair, special tokens included. No pair has more, unless these alone are more.
   */
  async encode(
    query: string,
    documents: readonly string[],
    maxLength: number,
    cut: Cut = {},
  ): Promise<EncodedPairs> {
    const free = Math.max(0, maxLength - templateTokens(this.#template));
    const queryLimit = Math.min(Math.floor((maxLength * 3) / 4), free);
    const [readQuery] = await readTokens(this.#encoder, [query], queryLimit);
    const { ids: queryIds, isCut: isQueryCut } = readQuery ?? { ids: [], isCut: false };
    const room = free - queryIds.length;
    const { windows, keep, documentTokens = Number.POSITIVE_INFINITY } = cut;
    const limit = Math.min(windows === undefined ? room : windowsHold(room, windows), documentTokens);
    const texts = await readTokens(this.#encoder, documents, limit, keep);
    const mark = isQueryCut ? Mark.queryCut : 0;
    const parts =
      windows === undefined
        ? texts.map(({ ids, isCut }) => ({ ids, marks: mark | (isCut ? Mark.documentCut : 0) }))
        : texts.flatMap((text) => split(text, mark, (tokens) => windowsOver(tokens, room, windows)));
    return assemblePairs(this.#template, queryIds, parts);
  }

  /** @see inspectTokenizer */
  inspect(request: InspectRequest): Promise<TokenizerInspection> {
    return inspectTokenizer(this.#tokenizer, request);
  }
}

function split(
  { ids, isCut }: ReadText,
  queryMark: number,
  windowsOf: (tokens: number) => ReturnType<typeof windowsOver>,
): DocumentPart[] {
  const mark = queryMark | (isCut ? Mark.documentCut : 0);
  return windowsOf(ids.length).map(({ from, to }, window) => ({
    ids: ids.slice(from, to),
    marks: mark | (window > 0 ? Mark.sameDocument : 0),
  }));
}
