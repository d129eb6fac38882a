import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { ModelNames } from '../rerank/model-names.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { SideBySide } from '../rerank/side-by-side.ts';
import type { HealthCheck } from '../serving/health.ts';
import type { Readiness } from '../serving/readiness.ts';
import type { Updater } from '../serving/update/updater.ts';
import { cors } from './access/cors.ts';
import { refuseHeaderFlood } from './access/header-flood.ts';
import { type Access, requireAdmin, requireApiKey } from './auth.ts';
import type { Assets } from './console/assets.ts';
import type { StatsSource } from './console/stats.ts';
import type { LongDocuments } from './dialects/long-texts.ts';
import { errorHandler, methodNotAllowed, onAdminPort, routeNotFound } from './errors.ts';
import { jsonBody } from './json-body.ts';
import { type RequestContextOptions, requestContext } from './request-context.ts';
import {
  clusterAuthRoute,
  metaRoute,
  modelCardRoute,
  modelCardsRoute,
  wellKnownLiveRoute,
  wellKnownReadyRoute,
} from './routes/clients.ts';
import { compareRoute } from './routes/compare.ts';
import { consoleAssetRoute, consolePageRoute, consoleStatsRoute } from './routes/console.ts';
import { docsRoute } from './routes/docs.ts';
import { healthRoute, liveRoute, readyRoute, startupRoute } from './routes/health.ts';
import { type Catalogue, infoRoute, modelsRoute } from './routes/models.ts';
import { openApiRoute } from './routes/openapi.ts';
import { preloadRoute } from './routes/preload.ts';
import { rerankRoute } from './routes/rerank.ts';
import { scoreRoute } from './routes/score.ts';
import { cancelRoute, operationRoute, operationsRoute, rollbackRoute, updateRoute } from './routes/update.ts';
import { updateEventsRoute } from './routes/update-events.ts';

export interface AppOptions extends RequestContextOptions {
  readonly reranker: Reranker;
  readonly sideBySide: SideBySide;
  readonly updater: Updater;
  readonly health: HealthCheck;
  readonly readiness: Readiness;
  readonly catalogue: Catalogue;
  readonly access: Access;
  readonly corsOrigins: readonly string[];
  /** Undefined when there is to be none. */
  readonly console: { readonly assets: Assets; readonly stats: StatsSource } | undefined;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly maxDocuments: number;
  readonly longDocuments: LongDocuments;
  readonly names: ModelNames;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, ...handlers: RequestHandler[]];

/**
 * Every route of the server, at a glance.
 * @param surface `public` for a port without the routes for administrators, which have one of their own
 */
export function createApp(options: AppOptions, surface: 'all' | 'public' = 'all'): Express {
  const { updater, health, readiness, catalogue, metrics } = options;
  const api = requireApiKey(options.access);
  const admin = requireAdmin(options.access);
  const json = jsonBody(options);
  const rerank = [api, ...json, rerankRoute(options)];
  const score = [api, ...json, scoreRoute(options)];

  const routes: readonly Route[] = [
    ['POST', '/rerank', ...rerank],
    ['POST', '/v1/rerank', ...rerank],
    ['POST', '/v2/rerank', ...rerank],
    ['POST', '/reranking', ...rerank],
    ['POST', '/v1/reranking', ...rerank],
    ['POST', '/score', ...score],
    ['POST', '/v1/score', ...score],
    ['POST', '/compare', admin, ...json, compareRoute(options.sideBySide)],
    ['GET', '/update', admin, operationsRoute(updater)],
    ['POST', '/update', admin, ...json, updateRoute(updater)],
    ['GET', '/update/:id', admin, operationRoute(updater)],
    ['DELETE', '/update/:id', admin, cancelRoute(updater)],
    ['GET', '/update/:id/events', admin, updateEventsRoute(updater, options.clock)],
    ['POST', '/rollback', admin, ...json, rollbackRoute(updater)],
    ['GET', '/models', api, modelsRoute(catalogue)],
    ['POST', '/models', admin, ...json, preloadRoute(updater)],
    ['GET', '/info', api, infoRoute(catalogue)],
    ['GET', '/healthz', healthRoute(health)],
    ['GET', '/health', healthRoute(health)],
    ['GET', '/ping', healthRoute(health)],
    ['GET', '/.well-known/live', wellKnownLiveRoute],
    ['GET', '/.well-known/ready', wellKnownReadyRoute(options)],
    ['GET', '/meta', metaRoute(options)],
    ['GET', '/v1/models', api, modelCardsRoute(options)],
    ['GET', '/v1/models/*id', api, modelCardRoute(options)],
    ['GET', '/v1/cluster/auth', clusterAuthRoute],
    ['GET', '/livez', liveRoute],
    ['GET', '/readyz', readyRoute(readiness)],
    ['GET', '/startupz', startupRoute(readiness)],
    ['GET', '/metrics', metricsRoute(metrics)],
    ['GET', '/openapi.json', openApiRoute(catalogue.version)],
    ['GET', '/docs', docsRoute(catalogue.version)],
    ...consoleRoutes(options, api),
  ];

  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(requestContext(options), cors(options.corsOrigins), refuseHeaderFlood);
  const register = { GET: app.get.bind(app), POST: app.post.bind(app), DELETE: app.delete.bind(app) };
  for (const [method, path, ...handlers] of routes) {
    const isHidden = surface === 'public' && handlers.includes(admin);
    register[method](path, ...(isHidden ? [onAdminPort] : handlers));
  }
  for (const path of new Set(routes.map(([, routePath]) => routePath))) {
    const shown = routes.filter(
      (route) => route[1] === path && !(surface === 'public' && route.includes(admin)),
    );
    app.all(path, shown.length === 0 ? onAdminPort : methodNotAllowed(shown.map(([method]) => method)));
  }
  app.use(routeNotFound(routes.map(([, path]) => path)));
  app.use(errorHandler(options.logger));
  return app;
}

function consoleRoutes({ console }: AppOptions, api: RequestHandler): readonly Route[] {
  if (console === undefined) return [];
  return [
    ['GET', '/ui', consolePageRoute(console.assets)],
    ['GET', '/ui/stats', api, consoleStatsRoute(console.stats)],
    ['GET', '/ui/*asset', consoleAssetRoute(console.assets)],
  ];
}

function metricsRoute({ registry }: Metrics): RequestHandler {
  return async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  };
}
