import { join } from 'node:path';
import type { Config } from './config.ts';
import { chooseDevice, type Runtime } from './engine/choose-device.ts';
import { DeviceChoice } from './engine/device-choice.ts';
import { findChildLibraries } from './find-child-libraries.ts';
import { probeModel } from './graph/probe-model.ts';
import type { CompileSettings } from './model/compile/compile-settings.ts';
import { openGpuWatch } from './open-gpu-watch.ts';
import { openRetention } from './open-retention.ts';
import { openSources } from './open-sources.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import { readMachineBudget } from './platform/machine-budget.ts';
import type { Metrics } from './platform/metrics.ts';
import { readProcessor } from './platform/processor.ts';
import { Preparation } from './serving/preparation/preparation.ts';
import { availableModels } from './store/available-models.ts';
import { CompiledCache } from './store/compiled-cache.ts';
import { PlanStore } from './store/plan-store.ts';
import { ModelRoots } from './store/reference.ts';
import type { OnStuck } from './store/remove-each.ts';
import { TrustedDigests } from './store/retention/trusted-digests.ts';
import { StagingArea } from './store/staging.ts';
import { openWorkDirectory, type WorkDirectory } from './work-directory.ts';

export interface WorkshopParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where models may come from besides the configured directories. */
  readonly moreRoots?: readonly string[];
  readonly onProgress?: CompileSettings['onProgress'];
  /** Whether a state directory that can't be written is replaced by a temporary one. */
  readonly mayBeTemporary?: boolean;
}

/** Where references become loaded models: what the server and the commands share. */
export interface Workshop {
  readonly roots: ModelRoots;
  /** References of the models that an update could name, and that are here. */
  readonly available: () => Promise<string[]>;
  readonly staging: StagingArea;
  readonly preparation: Preparation;
  readonly device: DeviceChoice;
  /** Deletes the files of all models but those with these digests. */
  readonly keepOnly: (digests: ReadonlySet<string>) => Promise<void>;
  readonly work: WorkDirectory;
}

/** @throws ServiceError unavailable when the state directory can't be written. */
export async function openWorkshop(config: Config, parts: WorkshopParts): Promise<Workshop> {
  const { clock, logger, metrics } = parts;
  await using opened = new AsyncDisposableStack();
  const work = await openWorkDirectory(config.stateDirectory, parts.mayBeTemporary ?? false);
  opened.defer(() => work.release());
  const roots = new ModelRoots([...config.modelRoots, ...(parts.moreRoots ?? [])]);
  let wanted: ReadonlySet<string> = new Set();
  const retention = openRetention(config, {
    workDirectory: work.path,
    wanted: () => wanted,
    clock,
    logger,
    metrics,
  });
  const { leases, verdicts, usage, inventory, budget } = retention;
  opened.defer(() => leases.close());
  const staging = new StagingArea(join(work.path, 'models'), { leases, verdicts, space: budget });
  const trusted = new TrustedDigests(config.store.trustedDigests);
  const cache = new CompiledCache(join(work.path, 'compiled'), logger);
  const childEnv = await findChildLibraries(
    { NODE_COMPILE_CACHE: join(work.path, 'node-compile-cache'), ...config.childEnv },
    config.device,
    logger,
  );
  const plans = new PlanStore(join(work.path, 'plans'));
  const { loadTimeoutMs } = config;
  const shared = { childEnv, loadTimeoutMs, clock, logger };
  const { onProgress } = parts;
  const machine = readMachineBudget();
  const sources = openSources(config, { roots, workDirectory: work.path, usage, space: budget, ...parts });
  opened.defer(() => sources.close());
  const choose = (): Promise<Runtime> =>
    chooseDevice({
      wanted: config.device,
      fallback: config.gpuFallback,
      probeModel: probeModel(),
      env: childEnv,
      clock,
      logger,
    });
  const device = new DeviceChoice(choose, clock);
  const preparation = new Preparation({
    sources,
    staging,
    plans,
    onStaged: async ({ digest, reference }) => {
      await trusted.assertTrusted(digest, reference);
      await usage.note(digest, { reference });
    },
    chooseDevice: () => device.runtime(),
    compile: {
      ...shared,
      cache,
      processor: readProcessor(),
      budget: machine,
      ...(onProgress && { onProgress }),
    },
    generation: {
      ...shared,
      dtype: config.dtype,
      engines: config.engines,
      threads: config.threads,
      maxLength: config.maxLengthTokens,
      maxBatchTokens: config.maxBatchTokens,
      engineTimeoutMs: config.engineTimeoutMs,
      budget: machine,
      gpu: openGpuWatch(config.device, { childEnv, clock, logger }),
      metrics,
    },
  });
  const onStuck: OnStuck = (path, error) => logger.warn({ err: error }, `${path} can't be deleted`);
  const keepOnly = async (digests: ReadonlySet<string>): Promise<void> => {
    wanted = digests;
    // With a budget, what the history drops stays as long as there is room for it.
    if (config.store.maxBytes !== undefined) {
      await staging.holdOnly(digests);
      await budget.trim();
      return;
    }
    const needed = new Set([...digests, ...(await inventory.pinnedModels())]);
    const kept = await staging.keepOnly(needed, onStuck);
    await cache.keepOnly(kept, onStuck);
    await plans.keepOnly(kept, onStuck);
  };
  const available = (): Promise<string[]> => availableModels(roots, inventory);
  const held = opened.move();
  const release = (): Promise<void> => held.disposeAsync();
  return { roots, available, staging, preparation, device, keepOnly, work: { ...work, release } };
}
