import type { RequestHandler } from 'express';
import { answerRequest, type RerankRouteOptions } from '../answer-request.ts';
import { parseScore } from '../dialects/score.ts';

/** POST /score: scores of pairs in the order of the request, as vLLM gives them. */
export function scoreRoute(options: RerankRouteOptions): RequestHandler {
  return answerRequest(options, (body) => parseScore(body, options));
}
