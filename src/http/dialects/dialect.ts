import type { RerankRequest, RerankResult } from '../../rerank/rerank-request.ts';
import type { LongDocuments } from './long-texts.ts';

/** What the server decides for all dialects. */
export interface DialectOptions {
  readonly maxDocuments: number;
  /** What becomes of long documents where a request doesn't say. */
  readonly longDocuments: LongDocuments;
}

/** Of the answer, what the result doesn't know. */
export interface Envelope {
  readonly requestId: string;
  /** Wall-clock time. */
  readonly date: () => Date;
}

/** A request as the core understands it, and how to say the result in the words of the client. */
export interface Spoken {
  readonly request: RerankRequest;
  respond(result: RerankResult, envelope: Envelope): unknown;
}

/** One way of asking for a rerank. */
export interface Dialect {
  /** The body's keys decide, never the path: clients of every kind post to /rerank. */
  matches(body: Readonly<Record<string, unknown>>): boolean;
  /** @throws ServiceError invalid_request that names the field. */
  parse(body: unknown): Spoken;
}
