import type { Config } from './config.ts';
import { limitConnections } from './connection-limit.ts';
import { type AppOptions, createApp } from './http/app.ts';
import { HttpServer } from './http/server.ts';
import { type AccessParts, type Door, openAccess } from './open-access.ts';

/** The ports of a running server. */
export interface Ports {
  readonly port: number;
  /** Undefined while the routes for administrators have none of their own. */
  readonly adminPort: number | undefined;
  /** Lets the requests in flight end, on both. */
  close(timeoutMs: number): Promise<void>;
}

/** What the routes need besides the configuration of access. */
export type AppParts = Omit<AppOptions, 'access' | 'corsOrigins' | 'bodyTimeoutMs'>;

/**
 * Opens the door: keys, certificate and ports.
 * @throws Error with the code EADDRINUSE, EACCES and so on when it can't listen, ServiceError invalid_request when a file with
 * keys or certificates can't be used.
 */
export async function listen(config: Config, app: AppParts, parts: AccessParts): Promise<Ports> {
  const door = await openAccess(config, parts);
  try {
    const ports = await openPorts(config, app, door, parts);
    const close = async (timeoutMs: number): Promise<void> => {
      await ports.close(timeoutMs);
      door[Symbol.dispose]();
    };
    return { ...ports, close };
  } catch (error) {
    door[Symbol.dispose]();
    throw error;
  }
}

async function openPorts(
  config: Config,
  parts: AppParts,
  door: Door,
  { clock, logger }: AccessParts,
): Promise<Ports> {
  const { host, port } = config;
  const { adminAddress, corsOrigins, headersTimeoutMs, bodyTimeoutMs } = config.access;
  const app = { ...parts, access: door.access, corsOrigins, bodyTimeoutMs };
  const terms = {
    headersTimeoutMs,
    bodyTimeoutMs,
    maxConnections: limitConnections(config, logger),
    clock,
    tls: door.tls,
    onRefused: (reason: string) => door.metrics.refusedConnections.inc({ reason }),
  };
  if (adminAddress === undefined) {
    const server = await HttpServer.listen(createApp(app), { host, port, ...terms });
    return { port: server.port, adminPort: undefined, close: (timeoutMs) => server.close(timeoutMs) };
  }
  const open = await HttpServer.listen(createApp(app, 'public'), { host, port, ...terms });
  const admin = await HttpServer.listen(createApp(app), { ...adminAddress, ...terms }).catch(
    async (error) => {
      await open.close(0);
      throw error;
    },
  );
  return {
    port: open.port,
    adminPort: admin.port,
    close: async (timeoutMs) => void (await Promise.all([open.close(timeoutMs), admin.close(timeoutMs)])),
  };
}
