import { join } from 'node:path';
import type { Config } from './config.ts';
import { hubFileRules } from './model/hub-file-rules.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { createDiskSpace } from './store/download/disk-space.ts';
import { createDownloader } from './store/download/downloader.ts';
import { openCacheRoots } from './store/hub/cache/cache-roots.ts';
import { hubEndpoints } from './store/hub/endpoints.ts';
import { HubSnapshots } from './store/hub/hub-snapshots.ts';
import { createManifestSource } from './store/manifest/manifest-source.ts';
import { type HubStore, ModelSources } from './store/model-sources.ts';
import type { ModelRoots } from './store/reference.ts';
import { createTransport } from './store/transport/create-transport.ts';

export interface SourceParts {
  readonly roots: ModelRoots;
  /** Where manifests and unfinished downloads lie. */
  readonly workDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const MS_PER_SECOND = 1000;

/** Puts together where models come from. Nothing is asked and no directory is made before a remote model is wanted. */
export function openSources(
  { store, dtype }: Pick<Config, 'store' | 'dtype'>,
  { roots, workDirectory, clock, logger, metrics }: SourceParts,
): ModelSources {
  const endpoints = hubEndpoints(store, clock);
  // What the operator has named may be anywhere.
  const privateHosts = [...endpoints.map(({ name }) => hostOf(name)), ...store.privateHosts];
  const transport = createTransport({
    allowPrivate: store.allowAnyPrivate || privateHosts,
    allowedHosts: 'any',
    tokens: tokensOf(
      store,
      endpoints.map(({ url }) => url),
    ),
    clock,
    logger,
  });
  const space = createDiskSpace({ floorBytes: store.freeBytes });
  const random = Math.random;
  const { maxBytesPerSecond, workers } = store;
  const downloader = createDownloader({
    transport,
    workers,
    maxBytesPerSecond,
    space,
    clock,
    logger,
    metrics,
    random,
  });
  const openHub = async (): Promise<HubStore> => {
    const fallback = join(workDirectory, 'hub');
    const caches = await openCacheRoots(store.cacheDirectory, fallback, store.symlinks);
    const snapshots = new HubSnapshots({
      transport,
      endpoints,
      clock,
      random,
      downloader,
      roots: caches,
      rules: hubFileRules,
      stateDirectory: workDirectory,
      space,
      offline: store.offline,
      ttlMs: store.ttlSeconds * MS_PER_SECOND,
      dtype,
      metrics: {
        lookups: metrics.storeLookups,
        failovers: metrics.storeFailovers,
        staleServed: metrics.storeStaleServed,
      },
    });
    return { snapshots, roots: [caches.writable, ...caches.readOnly] };
  };
  let hub: Promise<HubStore> | undefined;
  const manifestRoot = join(workDirectory, 'published');
  const manifests = createManifestSource({
    root: manifestRoot,
    offline: store.offline,
    transport,
    downloader,
    space,
    clock,
    logger,
    metrics,
    random,
  });
  const onceOpen = (): Promise<HubStore> => {
    hub ??= openHub();
    hub.catch(() => {
      hub = undefined;
    });
    return hub;
  };
  return new ModelSources({ roots, hub: onceOpen, manifests, manifestRoot });
}

function hostOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** HF_TOKEN is for the hub that HF_ENDPOINT names, as in the ecosystem; other origins have tokens of their own. */
function tokensOf(
  { hubToken, hubTokens }: Config['store'],
  endpoints: readonly string[],
): Map<string, string> {
  const [first] = endpoints;
  const tokens = new Map(hubTokens);
  if (hubToken !== undefined && first !== undefined) {
    const { origin } = new URL(first);
    if (!tokens.has(origin)) tokens.set(origin, hubToken);
  }
  return tokens;
}
