import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Tokenizer } from 'tokenizers';

/** The embedded models' names. */
export const demoModels = ['demo', 'demo-next'] as const;

/** The directory of an embedded model. */
export function modelDirectory(name: string): string {
  return fileURLToPath(new URL(`../../models/${name}`, import.meta.url));
}

/** One tokenized pair, without padding. */
export interface EncodedPair {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

/** What stands on masked positions; none of it may show in a score. */
export interface Padding {
  /** Positions beyond the longest pair of the batch. */
  readonly extra?: number;
  readonly id?: number;
  readonly typeId?: number;
}

/** Tokenizes and scores pairs with a model directory's own files, in this process. */
export class DemoScorer {
  readonly #tokenizer: Tokenizer;
  readonly #session: InferenceSession;

  private constructor(tokenizer: Tokenizer, session: InferenceSession) {
    this.#tokenizer = tokenizer;
    this.#session = session;
  }

  static async load(name: string): Promise<DemoScorer> {
    const directory = modelDirectory(name);
    const session = await InferenceSession.create(`${directory}/onnx/model.onnx`, { intraOpNumThreads: 1 });
    return new DemoScorer(Tokenizer.fromFile(`${directory}/tokenizer.json`), session);
  }

  async encode(query: string, document: string): Promise<EncodedPair> {
    const encoding = await this.#tokenizer.encode(query, document);
    return { ids: encoding.getIds(), typeIds: encoding.getTypeIds() };
  }

  /** Logits of a query with each document, run as one batch. */
  async score(query: string, documents: readonly string[]): Promise<number[]> {
    return this.run(await Promise.all(documents.map((document) => this.encode(query, document))));
  }

  /** Logits of a batch, padded on the right. */
  async run(
    pairs: readonly EncodedPair[],
    { extra = 0, id = 0, typeId = 0 }: Padding = {},
  ): Promise<number[]> {
    const width = Math.max(...pairs.map(({ ids }) => ids.length)) + extra;
    const matrix = (row: (pair: EncodedPair) => readonly number[], padding: number): Tensor => {
      const data = pairs.flatMap((pair) => {
        const values = row(pair);
        return Array.from({ length: width }, (_, column) => BigInt(values[column] ?? padding));
      });
      return new Tensor('int64', BigInt64Array.from(data), [pairs.length, width]);
    };
    const { logits } = await this.#session.run({
      input_ids: matrix(({ ids }) => ids, id),
      attention_mask: matrix(({ ids }) => ids.map(() => 1), 0),
      token_type_ids: matrix(({ typeIds }) => typeIds, typeId),
    });
    if (logits === undefined) throw new Error('the model has no output named logits');
    return Array.from(logits.data as Float32Array);
  }
}
