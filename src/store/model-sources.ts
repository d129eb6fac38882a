import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { ServiceError } from '../errors.ts';
import { formatReference, type HubReference, parseReference } from './hub/model-reference.ts';
import type { FetchWork, Snapshot, Snapshots } from './hub/snapshots.ts';
import type { ManifestSource } from './manifest/manifest-source.ts';
import type { Dtype } from './model-layout.ts';
import type { ModelRoots } from './reference.ts';
import { explainStorageError } from './storage-error.ts';

/** A model that is on this machine as a whole. */
export interface LocatedModel {
  /** The reference in its canonical spelling, pinned to a commit where it has one. */
  readonly reference: string;
  readonly directory: string;
  /** @throws ServiceError forbidden_reference for a real path that doesn't belong to the model. */
  readonly allow: (realPath: string) => Promise<void>;
}

/** Where the models of hubs are kept. */
export interface HubStore {
  readonly snapshots: Snapshots;
  /** The caches: links of a snapshot may lead anywhere in them. */
  readonly roots: readonly string[];
}

export interface ModelSourcesOptions {
  readonly roots: ModelRoots;
  /** Opened when it is used: it makes directories. */
  readonly hub: () => Promise<HubStore>;
  readonly manifests: ManifestSource;
  /** The directory of the manifests' files. */
  readonly manifestRoot: string;
}

/** Whoever waits for a model to arrive. */
export interface LocateWork extends FetchWork {
  /** It has to be fetched. */
  readonly onFetch: () => void;
}

/** Finds the directory of a model, and brings it from a hub or a server where it is not here yet. */
export class ModelSources {
  readonly #options: ModelSourcesOptions;

  constructor(options: ModelSourcesOptions) {
    this.#options = options;
  }

  /**
   * The one spelling by which two ways of naming a target are known to be the same, without looking anywhere.
   * @throws ServiceError invalid_request or forbidden_reference.
   */
  canonical(text: string): string {
    const reference = parseReference(text);
    // Whether `org/name` is a directory or a repository, only the disk can tell.
    const mayBeRemote = reference.source === 'manifest' || reference.source === 'hub';
    return mayBeRemote ? formatReference(reference) : this.#options.roots.canonical(text);
  }

  /**
   * Local first: a bare `org/name` is looked for in the models directories, then in the HF cache, then at the hub.
   * @throws ServiceError model_not_found, forbidden_reference, invalid_model, source_failed, insufficient_storage.
   */
  async locate(text: string, dtype: Dtype, work: LocateWork): Promise<LocatedModel> {
    const reference = parseReference(text);
    if (reference.source === 'manifest') return await this.#ofManifest(reference, work);
    if (reference.source !== 'hub') return await this.#inRoots(text);
    if (isOnlyRemote(reference)) return await this.#ofHub(reference, dtype, work);
    return await this.#inRoots(text).catch(async (error) => {
      if (!(error instanceof ServiceError && error.type === 'model_not_found')) throw error;
      return await this.#ofHub(reference, dtype, work);
    });
  }

  async #inRoots(text: string): Promise<LocatedModel> {
    const { roots } = this.#options;
    const { reference, directory } = await roots.resolve(text).catch((error) => {
      // It may go away while it is looked at.
      throw explainStorageError(error, `${text} can't be read`);
    });
    return { reference, directory, allow: (path) => roots.assertInside(path, reference) };
  }

  async #ofHub(reference: HubReference, dtype: Dtype, work: LocateWork): Promise<LocatedModel> {
    const { snapshots, roots } = await this.#options.hub();
    work.onFetch();
    const snapshot: Snapshot = await snapshots.fetch(reference, work, dtype);
    return {
      reference: snapshot.reference,
      directory: snapshot.directory,
      allow: inside(roots, snapshot.reference),
    };
  }

  async #ofManifest(
    reference: { readonly url: URL; readonly sha256: string },
    work: LocateWork,
  ): Promise<LocatedModel> {
    const { manifests, manifestRoot } = this.#options;
    work.onFetch();
    const found = await manifests.fetch(reference, work);
    return {
      reference: found.reference,
      directory: found.directory,
      allow: inside([manifestRoot], found.reference),
    };
  }
}

/** A revision or a folder means a hub: directories below a root have neither. */
function isOnlyRemote({ explicit, revision, subpath }: HubReference): boolean {
  return explicit || revision !== undefined || subpath !== undefined;
}

function inside(roots: readonly string[], reference: string): (path: string) => Promise<void> {
  return async (path) => {
    for (const root of roots) {
      const real = await realpath(root).catch(() => undefined);
      if (real !== undefined && path.startsWith(real + sep)) return;
    }
    throw new ServiceError('forbidden_reference', `a file of ${reference} leads outside the store`);
  };
}
