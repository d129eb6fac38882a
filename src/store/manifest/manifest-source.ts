import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../download/backoff.ts';
import type { DownloadMetrics } from '../download/blob.ts';
import type { Fetchers } from '../fetch-thread/fetchers.ts';
import type { FetchWork } from '../fetch-work.ts';
import type { RetryTools } from '../remote/retry.ts';
import type { Transport } from '../transport/transport.ts';
import { fetchFiles } from './fetch-files.ts';
import { fetchManifest, type ManifestReference, placeOf } from './fetch-manifest.ts';
import { InvalidManifest, type Manifest, parseManifest } from './manifest.ts';
import { Rooms } from './rooms.ts';
import { type StoredManifest, StoredManifests } from './stored-manifests.ts';

/** A published model that is on this machine. */
interface FetchedManifest {
  readonly directory: string;
  /** `https://…/manifest.json#sha256=…` */
  readonly reference: string;
  readonly files: readonly string[];
}

export interface ManifestSource {
  /** What is here, whole, without any request. */
  find(reference: ManifestReference): Promise<FetchedManifest | undefined>;
  /**
   * Brings what the manifest names, verified. What is whole already costs no request.
   * @throws ServiceError model_not_found, source_failed, forbidden_reference, invalid_model, insufficient_storage, or
   * unavailable when offline; the reason of the signal.
   */
  fetch(reference: ManifestReference, work: FetchWork): Promise<FetchedManifest>;
  /** Everything that is here, whole, the newest first. */
  list(): Promise<readonly StoredManifest[]>;
}

export interface ManifestSourceOptions extends Fetchers {
  /** For manifests. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** From 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly retry?: RetryPolicy;
  readonly metrics: Pick<DownloadMetrics, 'storeRetries'>;
  /** The store's own directory: `manifests/` and `parts/` are made in it. */
  readonly root: string;
  /** No request is made. */
  readonly offline: boolean;
  /** Models that were asked for, by where they were found. */
  readonly lookups?: { inc(labels: { tier: 'disk' | 'remote' }): void };
  /** Of all files of one manifest together; 64 GiB by default. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 64 * 2 ** 30;

/**
 * A source of published models. Files are taken over by link from other versions that are here, and only what is left is fetched.
 * Each manifest is brought by one call at a time; others wait, and find it whole.
 */
export function createManifestSource(options: ManifestSourceOptions): ManifestSource {
  const stored = new StoredManifests(join(options.root, 'manifests'));
  const rooms = new Rooms();
  const retry: RetryTools = {
    clock: options.clock,
    random: options.random,
    policy: options.retry ?? DEFAULT_RETRY,
    onRetry: (reason) => options.metrics.storeRetries.inc({ reason }),
  };

  const find = async (reference: ManifestReference): Promise<FetchedManifest | undefined> => {
    const found = await stored.find(reference.sha256);
    return found && fetched(reference, found.directory, found);
  };

  const manifestOf = async (reference: ManifestReference, signal: AbortSignal): Promise<Manifest> => {
    const kept = await stored.manifest(reference.sha256);
    if (kept !== undefined) return kept;
    const bytes = await fetchManifest(reference, options.transport, retry, signal);
    const manifest = readManifest(bytes, reference, options.maxBytes ?? MAX_BYTES);
    await stored.keepManifest(reference.sha256, bytes);
    return manifest;
  };

  return {
    find,
    list: () => stored.list(),
    fetch: (reference, work) =>
      rooms.alone(reference.sha256, async () => {
        const found = await find(reference);
        if (found === undefined && options.offline) throw notHere(reference);
        options.lookups?.inc({ tier: found === undefined ? 'remote' : 'disk' });
        if (found !== undefined) return found;
        work.signal.throwIfAborted();
        const manifest = await manifestOf(reference, work.signal);
        const directory = stored.directoryOf(reference.sha256);
        await fetchFiles({
          url: reference.url,
          files: manifest.files,
          directory,
          partsDirectory: join(options.root, 'parts'),
          stored: await stored.list(),
          work,
          ...options,
        });
        await stored.complete(reference.sha256, withoutHash(reference.url), options.clock.date());
        return fetched(reference, directory, manifest);
      }),
  };
}

function readManifest(bytes: Uint8Array, { url }: ManifestReference, maxBytes: number): Manifest {
  try {
    return parseManifest(bytes, maxBytes);
  } catch (error) {
    if (!(error instanceof InvalidManifest)) throw error;
    throw new ServiceError(
      'invalid_model',
      `the manifest at ${placeOf(url)} can't be used: ${error.message}`,
      { cause: error },
    );
  }
}

function fetched(
  { url, sha256 }: ManifestReference,
  directory: string,
  { files }: Pick<Manifest, 'files'>,
): FetchedManifest {
  return {
    directory,
    reference: `${withoutHash(url).href}#sha256=${sha256}`,
    files: files.map(({ path }) => path),
  };
}

function withoutHash(url: URL): URL {
  const plain = new URL(url);
  plain.hash = '';
  return plain;
}

function notHere({ url, sha256 }: ManifestReference): ServiceError {
  return new ServiceError(
    'unavailable',
    `${placeOf(url)} is not on this machine, and this server is offline`,
    {
      detail: `Looked for the manifest ${sha256}. Fetch it while HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE are not set.`,
    },
  );
}
