import type { RequestHandler } from 'express';
import { answerRequest, type RerankRouteOptions } from '../answer-request.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { supersetDialect } from '../dialects/superset.ts';
import { teiDialect } from '../dialects/tei.ts';
import { weaviateDialect } from '../dialects/weaviate.ts';

/** POST /rerank and its aliases: one handler, every dialect. */
export function rerankRoute(options: RerankRouteOptions): RequestHandler {
  const fallback = supersetDialect(options);
  const dialects: readonly Dialect[] = [teiDialect(options), weaviateDialect(options)];
  return answerRequest(options, (body) => {
    const isObject = typeof body === 'object' && body !== null;
    const dialect = dialects.find(
      (candidate) => isObject && candidate.matches(body as Record<string, unknown>),
    );
    return (dialect ?? fallback).parse(body);
  });
}
