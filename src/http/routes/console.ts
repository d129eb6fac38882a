import type { RequestHandler } from 'express';
import { ServiceError } from '../../errors.ts';
import type { Assets } from '../console/assets.ts';
import { secureConsole } from '../console/headers.ts';
import type { StatsSource } from '../console/stats.ts';

/** GET /ui and GET /ui/: the page. Its links are relative, so that it works below any path of a proxy. */
export function consolePageRoute(assets: Assets): RequestHandler {
  const page = consoleAssetRoute(assets, () => 'index.html');
  return (request, response, next) => {
    if (request.path.endsWith('/')) void page(request, response, next);
    else response.redirect(307, 'ui/');
  };
}

/** GET /ui/…: what the page is made of. */
export function consoleAssetRoute(
  assets: Assets,
  nameOf = (parts: unknown): string => (parts as readonly string[]).join('/'),
): RequestHandler {
  return (request, response) => {
    const asset = assets.get(nameOf(request.params.asset));
    if (asset === undefined) {
      throw new ServiceError('not_found', 'the console has no such file', { detail: 'It begins at /ui/.' });
    }
    // Another version of the server may answer next time: a browser asks each time, and mostly hears that nothing changed.
    secureConsole(response);
    response.set({ 'Cache-Control': 'no-cache', ETag: asset.etag });
    response.set('Content-Type', asset.type).send(asset.content);
  };
}

/** GET /ui/stats: figures since the start. The page keeps their history, and takes the differences. */
export function consoleStatsRoute(stats: StatsSource): RequestHandler {
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store').json(await stats.read());
  };
}
