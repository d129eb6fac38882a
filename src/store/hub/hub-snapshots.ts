import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskSpace, Downloader } from '../download/blob.ts';
import { explainDiskError } from '../download/disk-error.ts';
import type { FetchWork } from '../fetch-work.ts';
import type { Dtype } from '../model-layout.ts';
import { bringModel } from './bring-model.ts';
import { ifThere } from './cache/absence.ts';
import type { CacheRoots } from './cache/cache-roots.ts';
import { HeldBlobs } from './cache/held-blobs.ts';
import { RepositoryFolder } from './cache/repository-folder.ts';
import { writeTree } from './cache/tree-file.ts';
import type { FileRules } from './file-rules.ts';
import { HubClient, type HubClientOptions } from './hub-client.ts';
import { HubFailure } from './hub-failure.ts';
import type { HubReference } from './hub-reference.ts';
import { KnownRevisions, revisionsDirectory } from './known-revisions.ts';
import { type LocalSnapshot, LocalSnapshots } from './local-snapshots.ts';
import { missingOffline } from './missing-offline.ts';
import { type ModelAt, pinnedReference } from './model-at.ts';
import type { Downloads } from './obtain-file.ts';
import { RevisionResolver } from './revision-resolver.ts';
import { SingleFlight } from './single-flight.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import type { TreeFile } from './tree.ts';

const DEFAULT_MAX_MODEL_BYTES = 200 * 2 ** 30;

export interface HubSnapshotsOptions extends Omit<HubClientOptions, 'onFailover'> {
  readonly downloader: Downloader;
  readonly roots: CacheRoots;
  readonly rules: FileRules;
  /** For what the HF cache has no place for: when revisions were looked up. */
  readonly stateDirectory: string;
  /** For unfinished downloads; on the volume of the writable cache. By default `.locks/rerankd` in it. */
  readonly partsDirectory?: string;
  /** Asked before a model is fetched. */
  readonly space?: DiskSpace;
  /** No request is ever made. */
  readonly offline: boolean;
  /** How long what a branch meant need not be looked up again, in milliseconds. */
  readonly ttlMs: number;
  /** Where a caller doesn't say. */
  readonly dtype: Dtype;
  /** The most bytes that one model may have. */
  readonly maxModelBytes?: number;
  /** Told of a commit, `hf://org/name@<40 hex>`, of which nothing was there before it was fetched. */
  readonly onNewCopy?: (copyReference: string) => Promise<void>;
  readonly metrics: HubMetrics;
}

interface HubMetrics {
  /** Models that were asked for, by where they were found. */
  readonly lookups: { inc(labels: { tier: 'disk' | 'remote' }): void };
  /** Answers of an endpoint in place of one before it. */
  readonly failovers: { inc(): void };
  /** Models that were given as they were known, because no hub answered. */
  readonly staleServed: { inc(): void };
}

interface Progress {
  readonly done?: number;
  readonly total?: number;
  readonly warning?: string;
}

/** Models of hubs, kept in caches in the layout of huggingface_hub. */
export class HubSnapshots implements Snapshots {
  readonly #options: HubSnapshotsOptions;
  readonly #client: HubClient;
  readonly #local: LocalSnapshots;
  readonly #resolver: RevisionResolver;
  readonly #flights = new SingleFlight<LocalSnapshot, Progress>();
  readonly #downloads: Downloads = new SingleFlight();

  constructor(options: HubSnapshotsOptions) {
    const { roots, rules, stateDirectory, ttlMs, clock, metrics, offline } = options;
    this.#options = options;
    this.#client = new HubClient({ ...options, onFailover: () => metrics.failovers.inc() });
    this.#local = new LocalSnapshots(roots, rules);
    const known = new KnownRevisions(roots, revisionsDirectory(stateDirectory), ttlMs, clock);
    const onStale = (): void => metrics.staleServed.inc();
    this.#resolver = new RevisionResolver({ client: this.#client, known, roots, offline, onStale });
  }

  async find(reference: HubReference, dtype?: Dtype): Promise<Snapshot | undefined> {
    const commit = await this.#resolver.known(reference);
    if (commit === undefined) return undefined;
    const model = this.#modelAt(reference, commit, dtype);
    const found = await this.#local.find(model);
    return found && snapshotOf(model, found, false);
  }

  async fetch(reference: HubReference, work: FetchWork, dtype?: Dtype): Promise<Snapshot> {
    const isComplete = async (commit: string): Promise<boolean> =>
      (await this.#local.find(this.#modelAt(reference, commit, dtype))) !== undefined;
    const { commit, stale, isNew } = await this.#resolver.resolve(reference, isComplete, work);
    const model = this.#modelAt(reference, commit, dtype);
    // Whoever was not answered just now doesn't ask again.
    const mayAsk = !stale && !this.#options.offline;
    const key = [pinnedReference(model), model.dtype, mayAsk].join(' ');
    const listen = ({ done, total, warning }: Progress): void => {
      if (warning !== undefined) work.warn(warning);
      if (done !== undefined && total !== undefined) work.advance(done, total, 'bytes');
    };
    const found = await this.#flights.run(key, work.signal, listen, (signal, report) =>
      this.#complete(model, mayAsk, signal, report).catch((error) => {
        throw explainDiskError(error, this.#options.roots.writable);
      }),
    );
    if (isNew) await this.#resolver.keep(reference, found.folder, commit, work);
    return snapshotOf(model, found, stale);
  }

  async #complete(
    model: ModelAt,
    mayAsk: boolean,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<LocalSnapshot> {
    const { metrics } = this.#options;
    const found = await this.#local.find(model);
    if (found?.isListed || (found && !mayAsk)) {
      metrics.lookups.inc({ tier: 'disk' });
      return found;
    }
    if (!mayAsk) throw missingOffline(model, this.#local.folders(model.id));
    const warn = (warning: string): void => report({ warning });
    const tree = await this.#tree(model, found !== undefined, signal, warn).catch((error) => {
      if (!(error instanceof HubFailure)) throw error;
      if (found === undefined || !error.isOutage) throw error.toServiceError(model.id, model.commit);
      report({ warning: `${error.message}: the files of ${pinnedReference(model)} are used as they are` });
      return undefined;
    });
    // Somebody put it there without its listing, and nobody can be asked for one. With it, it may be complete after all.
    const here = tree === undefined ? found : await this.#local.find(model);
    metrics.lookups.inc({ tier: here === undefined ? 'remote' : 'disk' });
    return here ?? (await this.#bring(model, tree ?? new Map(), signal, report));
  }

  async #tree(
    model: ModelAt,
    hasFallback: boolean,
    signal: AbortSignal,
    warn: (message: string) => void,
  ): Promise<ReadonlyMap<string, TreeFile>> {
    const kept = await this.#local.tree(model.id, model.commit);
    if (kept !== undefined) return kept;
    const tree = await this.#client.treeOf(model.id, model.commit, { hasFallback, warn, signal });
    await writeTree(this.#ownFolder(model.id), model.commit, tree);
    return tree;
  }

  async #bring(
    model: ModelAt,
    tree: ReadonlyMap<string, TreeFile>,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<LocalSnapshot> {
    const { downloader, roots, rules, space, maxModelBytes = DEFAULT_MAX_MODEL_BYTES } = this.#options;
    const partsDirectory = this.#options.partsDirectory ?? join(roots.writable, '.locks', 'rerankd');
    const { id, commit, subpath = '' } = model;
    const folder = this.#ownFolder(id);
    if ((await ifThere(stat(folder.snapshot(commit)))) === undefined)
      await this.#options.onNewCopy?.(pinnedReference({ ...model, subpath: undefined }));
    const files = await bringModel(model, tree, {
      folder,
      commit,
      symlinks: roots.symlinks,
      held: new HeldBlobs(this.#local.folders(id)),
      downloader,
      downloads: this.#downloads,
      sources: (path) => this.#client.sources(id, commit, path),
      partsDirectory,
      signal,
      rules,
      space,
      maxModelBytes,
      report: (done, total) => report({ done, total }),
    });
    const directory = join(folder.snapshot(commit), ...subpath.split('/'));
    return { folder, directory, files, isListed: true };
  }

  #modelAt({ id, subpath }: HubReference, commit: string, dtype = this.#options.dtype): ModelAt {
    return { id, commit, subpath, dtype };
  }

  #ownFolder(id: string): RepositoryFolder {
    return new RepositoryFolder(this.#options.roots.writable, id);
  }
}

function snapshotOf(model: ModelAt, { directory, files }: LocalSnapshot, stale: boolean): Snapshot {
  const copyReference = pinnedReference({ ...model, subpath: undefined });
  return { directory, reference: pinnedReference(model), copyReference, stale, files };
}
