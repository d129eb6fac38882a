import { openChangeControl } from './change-control.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { loadAssets } from './http/console/assets.ts';
import { StatsSource } from './http/console/stats.ts';
import { listen } from './listen.ts';
import type { Generation } from './model/generation.ts';
import { readGpuByRole, readMemoryByRole } from './model/memory-by-role.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { type DirectoryLock, lockDirectory } from './platform/directory-lock.ts';
import { endsWithin } from './platform/ends-within.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { createMetrics } from './platform/metrics.ts';
import { openTracing } from './platform/tracing/open-tracing.ts';
import { Admission } from './rerank/admission.ts';
import { ModelNames } from './rerank/model-names.ts';
import { Reranker } from './rerank/reranker.ts';
import { ScoreCache } from './rerank/score-cache.ts';
import { SideBySide } from './rerank/side-by-side.ts';
import { textLog } from './rerank/text-log.ts';
import { TokenEstimate } from './rerank/token-estimate.ts';
import { boot } from './serving/boot.ts';
import { type DeviceFallback, DeviceFallbackWatch } from './serving/device-fallback.ts';
import { HealthCheck } from './serving/health.ts';
import { Readiness } from './serving/readiness.ts';
import { announce } from './serving/slot/announce.ts';
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

/** Requests that are cut off when a server is stopped let go of their model a moment later. */
const LAST_MOMENT_MS = 1_000;

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
 * loads.
 * @throws Error when it can't listen, ServiceError when the device or the state directory can't be had.
 */
export async function createService(config: Config, overrides: ServiceOverrides = {}): Promise<Service> {
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
  const tracing =
    config.tracing && (await openTracing({ ...config.tracing, version, clock, logger, metrics }));
  const workshop = await openWorkshop(config, { clock, logger, metrics, mayBeTemporary: true });
  const { available, preparation, keepOnly, work, device } = workshop;
  const fallback = (): DeviceFallback | undefined =>
    slot.current?.identity.device === 'cpu' ? device.fallback : undefined;
  if (work.because !== undefined) {
    logger.error(`${work.because}. Serving from ${work.path}: nothing is kept for the next start.`);
  }
  const lock = await lockStateDirectory(work.path, clock);
  const stateFile = new StateFile(config.stateDirectory);
  const stop = new AbortController();

  const control = openChangeControl(config, {
    slot,
    preparation,
    keepOnly,
    stateFile,
    clock,
    logger,
    metrics,
    tracing,
  });
  const { updater, record, live, standby, shadowCandidate, probation, gates } = control;
  const mayFallBack = config.device === 'auto' && config.gpuFallback === 'cpu';
  const watch = mayFallBack
    ? new DeviceFallbackWatch({ device, slot, preparation, ...control, clock, logger, metrics })
    : undefined;
  const admission = new Admission({
    maxTokens: config.maxQueueTokens,
    tokensPerMs: () => slot.current?.tokensPerMs,
    heldMs: () => slot.expectedWaitMs,
    metrics,
  });
  const estimate = new TokenEstimate();
  const { requestTimeoutMs } = config;
  const sideBySide = new SideBySide({
    slot,
    standby,
    shadowCandidate,
    admission,
    estimate,
    requestTimeoutMs,
    clock,
  });
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
  const names = new ModelNames({ aliases: config.modelAliases, strict: config.strictModel });
  const reranker = new Reranker({
    slot,
    admission,
    estimate,
    cache: new ScoreCache({ maxBytes: config.scoreCacheBytes, metrics }),
    names,
    maxPairs: config.maxDocuments,
    live,
    standby,
    requestTimeoutMs,
    clock,
    metrics,
    logTexts: config.logTexts ? textLog(logger) : undefined,
  });
  const app = {
    reranker,
    sideBySide,
    console: assets ? { assets, stats } : undefined,
    updater,
    health: new HealthCheck({ slot, engineTimeoutMs: config.engineTimeoutMs, clock }),
    readiness: new Readiness({ slot, stopping: stop.signal, fallback }),
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
    names,
    clock,
    logger,
    metrics,
    tracing,
  };
  const access = { clock, logger, registry: metrics.registry };
  const server = await listen(config, app, access).catch(async (error) => {
    await lock.release();
    await work.release();
    throw error;
  });

  const start = async (): Promise<void> => {
    const { generation, state, unsaved } = await boot(
      { preparation, gates, stateFile, configured: config.model, clock, logger },
      stop.signal,
    );
    const { reference: model, digest } = generation.identity;
    record.restore(state, work.because ?? unsaved);
    // Before the first update can begin: its copy would look like an old one.
    await record.forgetUnreferenced({ model, digest });
    await slot.swap(generation);
    announce(generation, metrics);
    watch?.start();
  };
  const ready = start();
  ready.catch(() => {});

  const closeChanges = async (): Promise<void> => {
    await watch?.close();
    await control.close();
  };
  const closeOnce = async (): Promise<void> => {
    stop.abort(new ServiceError('unavailable', 'the server is shutting down', { retryAfterSeconds: 5 }));
    const { shutdownTimeoutMs } = config;
    const changes = Promise.all([ready.catch(() => {}), closeChanges()]);
    const [hasSettled] = await Promise.all([
      endsWithin(clock, shutdownTimeoutMs + LAST_MOMENT_MS, changes),
      server.close(shutdownTimeoutMs),
    ]);
    // A model that loads in the place of one that has ended can't be given up. The processes of both end with this one.
    if (!hasSettled)
      logger.warn(`a change of the model did not end within ${shutdownTimeoutMs} ms: it is cut off`);
    await Promise.all([slot.current?.close(), tracing?.close()]);
    await lock.release();
    await work.release();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeOnce());
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
