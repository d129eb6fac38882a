import type { RerankRequest, RerankResult } from '../../rerank/reranker.ts';

/** A request as the core understands it, and how to say the result in the words of the client. */
interface Spoken {
  readonly request: RerankRequest;
  respond(result: RerankResult, requestId: string): unknown;
}

/** One way of asking for a rerank. */
export interface Dialect {
  /** The body's keys decide, never the path: clients of every kind post to /rerank. */
  matches(body: Readonly<Record<string, unknown>>): boolean;
  /** @throws ServiceError invalid_request that names the field. */
  parse(body: unknown): Spoken;
}
