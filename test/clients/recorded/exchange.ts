import type { z } from 'zod';
import question from '../../interop/question.json' with { type: 'json' };

export const { query, documents } = question;

/** A request as a client sends it, and what its parser does with the answer. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** 200 unless told otherwise. */
  readonly status?: number;
  /** What the parser needs; undefined when it looks at the status alone. */
  readonly needs?: z.ZodType;
  /** Parts of the answer without which the parser fails, such as `results[].index`. */
  readonly breaksWithout?: readonly string[];
  /** The indexes of the documents in the order in which the client ends up with them. */
  readonly order?: (answer: never) => readonly number[];
}

/** A client that can't be pointed elsewhere from a test, or is no package: what it sends was read from its source. */
export interface RecordedClient {
  readonly client: string;
  /** The path and the shape. */
  readonly dialect: string;
  readonly exchanges: readonly Exchange[];
}
