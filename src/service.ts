import { openChangeControl } from './change-control.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { loadAssets } from './http/console/assets.ts';
import { StatsSource } from './http/console/stats.ts';
import { listen } from './listen.ts';
import type { Generation } from './model/generation.ts';
import { readGpuByRole, readMemoryByRole } from './model/memory-by-role.ts';
import { ModelLifecycle } from './model-lifecycle.ts';
import { openRequestPath } from './open-request-path.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { type DirectoryLock, lockDirectory } from './platform/directory-lock.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { createMetrics } from './platform/metrics.ts';
import { openTracing } from './platform/tracing/open-tracing.ts';
import { boot } from './serving/boot.ts';
import { type DeviceFallback, DeviceFallbackWatch } from './serving/device-fallback.ts';
import { HealthCheck } from './serving/health.ts';
import { Readiness } from './serving/readiness.ts';
import { ModelSlot } from './serving/slot/model-slot.ts';
import { StateFile } from './serving/state/state-file.ts';
import { openWorkshop } from './workshop.ts';

export interface ServiceOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly version?: string;
}

/** How long a predecessor that is shutting down may still hold the state directory. */
const LOCK_PATIENCE_MS = 5_000;

/** A running server. */
export interface Service extends AsyncDisposable {
  readonly port: number;
  /** Undefined while the routes for administrators have no port of their own. */
  readonly adminPort: number | undefined;
  /** Resolves when the first model serves; rejects when none could be loaded. */
  readonly ready: Promise<void>;
  /**
   * Finishes what is in flight, ends every process, and frees the port and the state directory. What takes longer than the shutdown
   * timeout is left as it is: this process is expected to end, and its children with it.
   */
  close(): Promise<void>;
}

/**
 * Builds the server out of its parts and starts it. It listens at once, so that probes get answers while the first model
 * loads. What was opened first is closed last, whether the start fails or the server is stopped.
 * @throws Error when it can't listen, ServiceError when the device or the state directory can't be had. Nothing is left open then.
 */
export async function createService(config: Config, overrides: ServiceOverrides = {}): Promise<Service> {
  await using opened = new AsyncDisposableStack();
  const clock = overrides.clock ?? systemClock;
  const logger = overrides.logger ?? createLogger({ level: config.logLevel, format: config.logFormat });
  const assets = config.hasConsole ? await loadAssets() : undefined;
  const slot = new ModelSlot<Generation>(clock);
  const version = overrides.version ?? 'unknown';
  const metrics = createMetrics(
    {
      version,
      readyEngines: () => slot.current?.readyEngines ?? 0,
      hasFallenBack: () => fallback() !== undefined,
      batchTokens: () => slot.current?.batchTokens,
      operation: () => control.updater.running?.report,
      onProbation: () => control.probation.report?.state === 'running',
      memory: () => readMemoryByRole(slot.current),
      gpu: () => readGpuByRole(slot.current),
    },
    { tei: config.teiMetrics },
  );
  const observers = { clock, logger, metrics };

  const workshop = await openWorkshop(config, { ...observers, mayBeTemporary: true });
  const { available, preparation, keepOnly, work, device } = workshop;
  opened.defer(() => work.release());
  const fallback = (): DeviceFallback | undefined =>
    slot.current?.identity.device === 'cpu' ? device.fallback : undefined;
  if (work.because !== undefined) {
    logger.error(`${work.because}. Serving from ${work.path}: nothing is kept for the next start.`);
  }
  const lock = await lockStateDirectory(work.path, clock);
  opened.defer(() => lock.release());

  const tracing = config.tracing && (await openTracing({ ...config.tracing, version, ...observers }));
  // Neither waits for the other.
  opened.defer(async () => void (await Promise.all([slot.current?.close(), tracing?.close()])));

  const stateFile = new StateFile(config.stateDirectory);
  const control = openChangeControl(config, {
    slot,
    preparation,
    keepOnly,
    stateFile,
    ...observers,
    tracing,
  });
  const { updater, record, standby, shadowCandidate, probation, gates } = control;
  const mayFallBack = config.device === 'auto' && config.gpuFallback === 'cpu';
  const models = new ModelLifecycle({
    boot: (signal) =>
      boot({ preparation, gates, stateFile, configured: config.model, clock, logger }, signal),
    slot,
    control,
    watch: mayFallBack
      ? new DeviceFallbackWatch({ device, slot, preparation, ...control, ...observers })
      : undefined,
    whyUnsaved: work.because,
    shutdownTimeoutMs: config.shutdownTimeoutMs,
    ...observers,
  });
  opened.defer(() => models.close());

  const requestPath = openRequestPath(config, { slot, ...control, ...observers });
  const stats = new StatsSource({
    slot,
    updater,
    standby,
    shadowCandidate,
    probation,
    metrics,
    clock,
    version,
  });
  const app = {
    ...requestPath,
    console: assets ? { assets, stats } : undefined,
    updater,
    health: new HealthCheck({ slot, engineTimeoutMs: config.engineTimeoutMs, clock }),
    readiness: new Readiness({ slot, stopping: models.stopping, fallback }),
    catalogue: {
      slot,
      updater,
      record,
      standby,
      probation,
      available,
      version,
      fallback,
      limits: { max_client_batch_size: config.maxDocuments, max_batch_tokens: config.maxQueueTokens },
    },
    maxBodyBytes: config.maxBodyBytes,
    maxDocuments: config.maxDocuments,
    longDocuments: config.longDocuments,
    ...observers,
    tracing,
  };
  const server = await listen(config, app, { clock, logger, registry: metrics.registry });
  // Changes of the model are given up while requests in flight end: some wait for a model.
  opened.defer(
    async () => void (await Promise.all([models.close(), server.close(config.shutdownTimeoutMs)])),
  );

  const ready = models.start();
  const running = opened.move();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= running.disposeAsync());
  const { port, adminPort } = server;
  return { port, adminPort, ready, close, [Symbol.asyncDispose]: close };
}

/** @throws ServiceError unavailable when another server works in it. */
async function lockStateDirectory(path: string, clock: Clock): Promise<DirectoryLock> {
  const lock = await lockDirectory(path, LOCK_PATIENCE_MS, clock);
  if (lock !== undefined) return lock;
  throw new ServiceError('unavailable', `another rerankd works in the state directory ${path}`, {
    detail: 'Give each server its own RERANK_STATE_DIR.',
  });
}
