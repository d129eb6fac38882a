import type { RequestHandler, Response } from 'express';
import type { Clock } from '../platform/clock.ts';
import type { RerankResult } from '../rerank/rerank-request.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { DialectOptions, Spoken } from './dialects/dialect.ts';
import { clientGone } from './request-context.ts';
import { requestTimeoutMs } from './request-timeout.ts';
import { traceOf } from './request-trace.ts';

export interface RerankRouteOptions extends DialectOptions {
  readonly reranker: Reranker;
  readonly clock: Pick<Clock, 'date'>;
}

/** The one walk of all routes that score: understand, score, say it in the words of the client. */
export function answerRequest(
  { reranker, clock }: Pick<RerankRouteOptions, 'reranker' | 'clock'>,
  parse: (body: unknown) => Spoken,
): RequestHandler {
  return async (request, response) => {
    const spoken = parse(request.body);
    const client = {
      gone: clientGone(response),
      timeoutMs: requestTimeoutMs(request),
      trace: traceOf(request),
    };
    const result = await reranker.rerank(spoken.request, client);
    describe(result, response);
    const envelope = { requestId: String(response.get('x-request-id')), date: () => clock.date() };
    response.json(spoken.respond(result, envelope));
  };
}

/** Which model answered, how much was cut, and where the time went, in whole milliseconds as TEI sends them. */
function describe({ model, timings, tokens, truncated }: RerankResult, response: Response): void {
  response.set({
    'x-model': encodeURI(model.reference),
    'x-model-digest': `sha256:${model.digest}`,
    'x-model-generation': String(model.generation),
    'x-truncated': String(truncated),
    'x-compute-tokens': String(tokens),
    'x-total-time': String(Math.round(timings.totalMs)),
    'x-tokenization-time': String(Math.round(timings.tokenizationMs)),
    'x-queue-time': String(Math.round(timings.queueMs)),
    'x-inference-time': String(Math.round(timings.inferenceMs)),
  });
}
