/** GET routes that clients of other servers call before their first request. */
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import type { ModelNames } from '../../rerank/model-names.ts';
import type { Readiness } from '../../serving/readiness.ts';
import { NOT_READY_RETRY_SECONDS } from './health.ts';
import type { Catalogue } from './models.ts';

export interface ClientRouteOptions {
  readonly catalogue: Pick<Catalogue, 'slot' | 'version'>;
  readonly readiness: Readiness;
  readonly names: ModelNames;
}

export const modelCard = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int().describe('Seconds since 1970; not known, so 0'),
  owned_by: z.literal('rerankd'),
  model_type: z.literal('rerank').describe('By this, Xinference clients know what they may ask'),
  model_name: z.string().describe('The reference of the model that serves'),
  max_model_len: z.int().describe('Tokens of a pair'),
});

export const modelCards = z.object({ object: z.literal('list'), data: z.array(modelCard) });

export const metaResponse = z.object({
  type: z.literal('reranker'),
  model: z.string().nullable(),
  digest: z.string().nullable(),
  version: z.string(),
});

/** GET /.well-known/ready: Weaviate waits for a status below 300. */
export function wellKnownReadyRoute({ readiness }: ClientRouteOptions): RequestHandler {
  return (_request, response) => {
    const reason = readiness.whyNotReady();
    if (reason === undefined) response.status(204).end();
    else
      response.status(503).set('Retry-After', NOT_READY_RETRY_SECONDS).json({ status: 'not ready', reason });
  };
}

/** GET /.well-known/live */
export const wellKnownLiveRoute: RequestHandler = (_request, response) => {
  response.status(204).end();
};

/** GET /meta: what Weaviate shows of its modules. */
export function metaRoute({ catalogue: { slot, version } }: ClientRouteOptions): RequestHandler {
  return (_request, response) => {
    const identity = slot.current?.identity;
    const meta: z.infer<typeof metaResponse> = {
      type: 'reranker',
      model: identity?.reference ?? null,
      digest: identity === undefined ? null : `sha256:${identity.digest}`,
      version,
    };
    response.json(meta);
  };
}

/** GET /v1/models: the model that serves, under each of its names. */
export function modelCardsRoute({ catalogue: { slot }, names }: ClientRouteOptions): RequestHandler {
  return (_request, response) => {
    const generation = slot.current;
    const data =
      generation === undefined ? [] : names.of(generation.identity).map((id) => card(id, generation));
    const body: z.infer<typeof modelCards> = { object: 'list', data };
    response.json(body);
  };
}

/** GET /v1/models/:id, whose id may have slashes in it: the model that requests under that name get. */
export function modelCardRoute({ catalogue: { slot }, names }: ClientRouteOptions): RequestHandler {
  return (request, response) => {
    const generation = slot.current;
    if (generation === undefined) {
      throw new ServiceError('unavailable', 'no model is loaded yet', { retryAfterSeconds: 1 });
    }
    const { id } = request.params as { id?: string[] };
    const asked = (id ?? []).join('/');
    names.require(asked, generation.identity);
    response.json(card(asked, generation));
  };
}

/** GET /v1/cluster/auth: Xinference clients ask whether they have to log in. An API key is all that is needed. */
export const clusterAuthRoute: RequestHandler = (_request, response) => {
  response.json({ auth: false });
};

function card(id: string, { identity, maxLength }: Generation): z.infer<typeof modelCard> {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: 'rerankd',
    model_type: 'rerank',
    model_name: identity.reference,
    max_model_len: maxLength,
  };
}
