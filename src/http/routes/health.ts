import type { RequestHandler } from 'express';
import type { HealthCheck } from '../../serving/health.ts';
import type { Readiness } from '../../serving/readiness.ts';

export const NOT_READY_RETRY_SECONDS = '1';

/** GET /healthz: does inference work? */
export function healthRoute(health: HealthCheck): RequestHandler {
  return async (_request, response) => {
    const { healthy, model, reason } = await health.check();
    response
      .status(healthy ? 200 : 503)
      .json({ status: healthy ? 'healthy' : 'unhealthy', model, ...(reason && { reason }) });
  };
}

/** GET /livez: the process answers. Restarting it would help with nothing else. */
export const liveRoute: RequestHandler = (_request, response) => {
  response.json({ status: 'live' });
};

/** GET /readyz: should this server get requests now? */
export function readyRoute(readiness: Readiness): RequestHandler {
  return (_request, response) => {
    const reason = readiness.whyNotReady();
    if (reason === undefined) {
      const remark = readiness.remark();
      response.json({ status: 'ready', ...(remark !== undefined && { remark }) });
    } else
      response.status(503).set('Retry-After', NOT_READY_RETRY_SECONDS).json({ status: 'not ready', reason });
  };
}

/** GET /startupz: has the first model been loaded? */
export function startupRoute(readiness: Readiness): RequestHandler {
  return (_request, response) => {
    if (readiness.hasStarted()) response.json({ status: 'started' });
    else response.status(503).set('Retry-After', NOT_READY_RETRY_SECONDS).json({ status: 'starting' });
  };
}
