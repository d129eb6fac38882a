import { join } from 'node:path';
import type { Config } from './config.ts';
import { hubFileRules } from './model/hub-file-rules.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { copyPlaces } from './store/copies.ts';
import { removeAbandonedParts } from './store/download/abandoned-parts.ts';
import type { DiskSpace } from './store/download/blob.ts';
import { createThreadFetchers } from './store/fetch-thread/thread-fetchers.ts';
import { openCacheRoots } from './store/hub/cache/cache-roots.ts';
import { hubEndpoints } from './store/hub/endpoints.ts';
import { HubSnapshots } from './store/hub/hub-snapshots.ts';
import { createManifestSource, type ManifestSource } from './store/manifest/manifest-source.ts';
import { StoredManifests } from './store/manifest/stored-manifests.ts';
import { type HubStore, ModelSources } from './store/model-sources.ts';
import type { ModelRoots } from './store/reference.ts';
import type { Usage } from './store/retention/usage.ts';
import { createTransport } from './store/transport/create-transport.ts';

export interface SourceParts {
  readonly roots: ModelRoots;
  /** Where manifests and unfinished downloads lie. */
  readonly workDirectory: string;
  readonly usage: Usage;
  readonly space: DiskSpace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const MS_PER_SECOND = 1000;
/** Since an interrupted download was last touched: it may be resumed until then. */
const ABANDONED_MS = 7 * 24 * 3_600_000;

/** Puts together where models come from. Nothing is asked and no directory is made before a remote model is wanted. */
export function openSources(
  { store, dtype }: Pick<Config, 'store' | 'dtype'>,
  { roots, workDirectory, usage, space, clock, logger, metrics }: SourceParts,
): ModelSources {
  const endpoints = hubEndpoints(store, clock);
  const reach = {
    allowPrivate: store.allowAnyPrivate || store.privateHosts,
    // What the operator has named may be anywhere. What else its host offers was not named.
    privateOrigins: endpoints.map(({ url }) => new URL(url).origin),
    allowedHosts: 'any',
    proxies: store.proxies,
    tokens: tokensOf(
      store,
      endpoints.map(({ url }) => url),
    ),
  } as const;
  const transport = createTransport({ ...reach, clock, logger });
  const { bandwidth, workers } = store;
  const fetchers = createThreadFetchers(
    { ...reach, bandwidth, workers, logLevel: logger.level },
    { space, logger, metrics },
  );
  const { downloader, delta } = fetchers;
  const tools = { transport, downloader, space, clock, logger, metrics, random: Math.random };
  const places = copyPlaces(workDirectory, store.cacheDirectory);
  const openHub = async (): Promise<HubStore> => {
    const caches = await openCacheRoots(store.cacheDirectory, places.ownCache, store.symlinks);
    const partsDirectory = join(caches.writable, '.locks', 'rerankd');
    await removeAbandonedParts(partsDirectory, ABANDONED_MS, clock);
    const snapshots = new HubSnapshots({
      ...tools,
      endpoints,
      roots: caches,
      partsDirectory,
      rules: hubFileRules,
      stateDirectory: workDirectory,
      offline: store.offline,
      ttlMs: store.ttlSeconds * MS_PER_SECOND,
      dtype,
      metrics: {
        lookups: metrics.storeLookups,
        failovers: metrics.storeFailovers,
        staleServed: metrics.storeStaleServed,
      },
      onNewCopy: (key) => usage.note(key, { ours: true }),
    });
    return { snapshots, roots: [caches.writable, ...caches.readOnly] };
  };
  const openManifests = async (): Promise<ManifestSource> => {
    await removeAbandonedParts(join(places.published, 'parts'), ABANDONED_MS, clock);
    await new StoredManifests(places.manifests).removeAbandoned(ABANDONED_MS, clock);
    return createManifestSource({
      ...tools,
      delta,
      root: places.published,
      offline: store.offline,
      lookups: metrics.storeLookups,
    });
  };
  return new ModelSources({
    roots,
    hub: onceItWorks(openHub),
    manifests: onceItWorks(openManifests),
    manifestRoot: places.published,
    usage,
    close: async () => {
      await Promise.all([transport.close(), fetchers.close()]);
    },
  });
}

/** Whoever comes after a failure tries again. */
function onceItWorks<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
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
