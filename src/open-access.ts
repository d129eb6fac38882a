import type { Registry } from 'prom-client';
import type { Config } from './config.ts';
import { type AccessMetrics, createAccessMetrics } from './http/access/access-metrics.ts';
import { GuessBrake } from './http/access/guess-brake.ts';
import { Keys } from './http/access/keys.ts';
import { RateLimit } from './http/access/rate-limit.ts';
import { TlsFiles } from './http/access/tls-files.ts';
import type { Access } from './http/auth.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';

export interface AccessParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** What stands at the door: keys, limits, certificate. Disposing of it ends the watch over their files. */
export interface Door extends Disposable {
  readonly access: Access;
  readonly tls: TlsFiles | undefined;
  readonly metrics: AccessMetrics;
}

/** @throws ServiceError invalid_request when a file with keys or certificates can't be used. */
export async function openAccess({ access: config }: Config, parts: AccessParts): Promise<Door> {
  const { clock, logger, registry } = parts;
  const metrics = createAccessMetrics(registry);
  const files = new DisposableStack();
  try {
    const keys = files.use(await Keys.open(config, { clock, logger, metrics }));
    for (const id of keys.admin.idsSharedWith(keys.api))
      logger.warn(`the admin key "${id}" is an API key as well: whoever may ask may change the model`);
    const tls = config.tls && files.use(await TlsFiles.open({ ...config.tls, clock, logger, metrics }));
    const rateLimit = config.rateLimit > 0 ? new RateLimit(config.rateLimit, clock) : undefined;
    const access = { keys, brake: new GuessBrake(clock), rateLimit, metrics, clock, logger };
    const held = files.move();
    return { access, tls, metrics, [Symbol.dispose]: () => held.dispose() };
  } catch (error) {
    files.dispose();
    throw error;
  }
}
