import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PairEncoder } from '../../../src/model/tokenizer/pair-encoder.ts';
import { oneTokenWords } from './one-token-words.ts';
import {
  constantLength,
  type LengthDistribution,
  LONGEST_PASSAGE,
  logNormalLengths,
  PASSAGES,
} from './random-lengths.ts';
import { type RequestFile, writeRequestFile } from './request-file.ts';
import { requestSet } from './request-set.ts';

export type LengthKind = 'uniform' | 'mixed';

/** Tokens of every pair of the uniform set. */
const UNIFORM_TOKENS = 128;

/** Rows of XLM-RoBERTa's position table that no token uses. */
const POSITION_OFFSET = 2;

/** Documents that a set holds at least, so that an answer is never the one just given. */
const DOCUMENTS_IN_SET = 4096;

/** The sets of requests for one checkpoint. Each is made once, when it is first asked for. */
export class Workload {
  readonly #directory: string;
  readonly #words: readonly string[];
  readonly #encoder: PairEncoder;
  readonly #maxLength: number;
  readonly #files = new Map<string, Promise<RequestFile>>();

  private constructor(
    directory: string,
    parts: { words: readonly string[]; encoder: PairEncoder; maxLength: number },
  ) {
    this.#directory = directory;
    this.#words = parts.words;
    this.#encoder = parts.encoder;
    this.#maxLength = parts.maxLength;
  }

  /**
   * @param checkpoint an XLM-RoBERTa checkpoint
   * @param directory for the request files
   */
  static async open(checkpoint: string, directory: string): Promise<Workload> {
    const config = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')) as {
      max_position_embeddings: number;
    };
    return new Workload(directory, {
      words: await oneTokenWords(checkpoint),
      encoder: await PairEncoder.load(join(checkpoint, 'tokenizer.json')),
      maxLength: Math.min(LONGEST_PASSAGE, config.max_position_embeddings - POSITION_OFFSET),
    });
  }

  get encoder(): PairEncoder {
    return this.#encoder;
  }

  /** Longest pair, in tokens. */
  get maxLength(): number {
    return this.#maxLength;
  }

  /** @param documents of each request */
  requests(kind: LengthKind, documents: number): Promise<RequestFile> {
    const name = `${kind}-${documents}`;
    const made = this.#files.get(name) ?? this.#make(kind, documents, name);
    this.#files.set(name, made);
    return made;
  }

  async #make(kind: LengthKind, documents: number, name: string): Promise<RequestFile> {
    const requests = Math.ceil(DOCUMENTS_IN_SET / documents);
    const shape = { requests, documents, lengths: this.#lengths(kind, name) };
    const path = join(this.#directory, `${name}.jsonl`);
    return await writeRequestFile(path, requestSet(this.#words, shape, name), {
      encoder: this.#encoder,
      maxLength: this.#maxLength,
    });
  }

  #lengths(kind: LengthKind, name: string): LengthDistribution {
    const most = this.#maxLength;
    return kind === 'uniform'
      ? constantLength(Math.min(UNIFORM_TOKENS, most))
      : logNormalLengths({ ...PASSAGES, most }, name);
  }
}
