import type { RequestHandler, Response } from 'express';
import type { Reranker, RerankResult } from '../../rerank/reranker.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { supersetDialect } from '../dialects/superset.ts';
import { teiDialect } from '../dialects/tei.ts';
import { clientGone } from '../request-context.ts';
import { requestTimeoutMs } from '../request-timeout.ts';

/** POST /rerank and its aliases: one handler, every dialect. */
export function rerankRoute(reranker: Reranker, maxDocuments: number): RequestHandler {
  const fallback = supersetDialect(maxDocuments);
  const dialects: readonly Dialect[] = [teiDialect(maxDocuments), fallback];
  return async (request, response) => {
    const body: unknown = request.body;
    const isObject = typeof body === 'object' && body !== null;
    const dialect = dialects.find(
      (candidate) => isObject && candidate.matches(body as Record<string, unknown>),
    );
    const spoken = (dialect ?? fallback).parse(body);
    const client = { gone: clientGone(response), timeoutMs: requestTimeoutMs(request) };
    const result = await reranker.rerank(spoken.request, client);
    describe(result, response);
    response.json(spoken.respond(result, String(response.get('x-request-id'))));
  };
}

/** Which model answered, and where the time went, in whole milliseconds as TEI sends them. */
function describe({ model, timings, tokens }: RerankResult, response: Response): void {
  response.set({
    'x-model': encodeURI(model.reference),
    'x-model-digest': `sha256:${model.digest}`,
    'x-model-generation': String(model.generation),
    'x-compute-tokens': String(tokens),
    'x-total-time': String(Math.round(timings.totalMs)),
    'x-tokenization-time': String(Math.round(timings.tokenizationMs)),
    'x-queue-time': String(Math.round(timings.queueMs)),
    'x-inference-time': String(Math.round(timings.inferenceMs)),
  });
}
