import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Catalogue } from '../../src/http/routes/models.ts';
import { type AppParts, listen } from '../../src/listen.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Metrics } from '../../src/platform/metrics.ts';
import { ModelNames } from '../../src/rerank/model-names.ts';
import type { Reranker } from '../../src/rerank/reranker.ts';
import type { SideBySide } from '../../src/rerank/side-by-side.ts';
import type { HealthCheck } from '../../src/serving/health.ts';
import type { Caller } from '../../src/serving/operation/change-request.ts';
import type { Readiness } from '../../src/serving/readiness.ts';
import type { Updater } from '../../src/serving/update/updater.ts';
import { Client } from './client.ts';
import { LogBook } from './log-book.ts';
import { someMetrics } from './some-metrics.ts';
import { testEnvironment } from './test-environment.ts';

/** A server as it looks from outside, with nobody home: real sockets, real guards, and no model behind them. */
export interface DoorUnderTest {
  readonly url: string;
  readonly client: Client;
  /** Of RERANK_ADMIN_PORT. */
  readonly admin: Client;
  readonly log: LogBook;
  readonly metrics: Metrics;
  /** Who rolled back, as the audit log has it. */
  readonly changedBy: string[];
  close(): Promise<void>;
}

/** Opens it until the end of the test. GET /info needs the API key and POST /rollback the admin key; both answer 200. */
export async function openDoor(
  settings: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
): Promise<DoorUnderTest> {
  const log = new LogBook();
  const metrics = someMetrics();
  const changedBy: string[] = [];
  const config = readConfig(testEnvironment({ PORT: '0', ...settings }));
  const parts: AppParts = {
    reranker: {} as Reranker,
    sideBySide: {} as SideBySide,
    console: undefined,
    updater: fakeUpdater(changedBy),
    health: { check: () => Promise.resolve({ healthy: true }) } as unknown as HealthCheck,
    readiness: alwaysReady(),
    catalogue: emptyCatalogue(),
    maxBodyBytes: config.maxBodyBytes,
    maxDocuments: config.maxDocuments,
    longDocuments: config.longDocuments,
    names: new ModelNames({ aliases: config.modelAliases, strict: config.strictModel }),
    clock,
    logger: log.logger,
    metrics,
  };
  const access = { clock, logger: log.logger, registry: metrics.registry };
  const ports = await listen(config, parts, access);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= ports.close(0));
  onTestFinished(close);
  const scheme = config.access.tls === undefined ? 'http' : 'https';
  const url = `${scheme}://127.0.0.1:${ports.port}`;
  const admin = new Client(`${scheme}://127.0.0.1:${ports.adminPort ?? ports.port}`);
  return { url, client: new Client(url), admin, log, metrics, changedBy, close };
}

function fakeUpdater(changedBy: string[]): Updater {
  const rollback = (_to: string | undefined, { by }: Caller) => {
    changedBy.push(by);
    const operation = { id: 'op', report: {} };
    return { operation, outcome: Promise.resolve({ currentModel: 'a', previousModel: 'b', operation: {} }) };
  };
  return { rollback } as unknown as Updater;
}

function alwaysReady(): Readiness {
  const ready = { hasStarted: () => true, whyNotReady: () => undefined, remark: () => undefined };
  return ready as unknown as Readiness;
}

function emptyCatalogue(): Catalogue {
  const catalogue = {
    slot: {},
    updater: {},
    record: { quarantined: [], history: [] },
    probation: {},
    standby: {},
    available: () => Promise.resolve([]),
    version: 'test',
    limits: {},
    fallback: () => undefined,
  };
  return catalogue as unknown as Catalogue;
}
