import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { ServiceError } from '../errors.ts';
import { repositoryLease } from './copies.ts';
import type { FetchWork } from './fetch-work.ts';
import type { HubReference } from './hub/hub-reference.ts';
import { formatReference, parseReference } from './hub/model-reference.ts';
import type { Snapshots } from './hub/snapshots.ts';
import type { ManifestSource } from './manifest/manifest-source.ts';
import type { Dtype } from './model-layout.ts';
import type { ModelRoots } from './reference.ts';
import type { Usage } from './retention/usage.ts';
import { explainStorageError } from './storage-error.ts';

/** A model that is on this machine as a whole. */
export interface LocatedModel {
  /** The reference in its canonical spelling, pinned to a commit where it has one. */
  readonly reference: string;
  readonly directory: string;
  /** It may be deleted from then on. A second call does nothing. */
  readonly release: () => Promise<void>;
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
  readonly manifests: () => Promise<ManifestSource>;
  /** The directory of the manifests' files. */
  readonly manifestRoot: string;
  readonly usage: Usage;
  /** Ends the connections. */
  readonly close: () => Promise<void>;
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
   * Local first: a bare `org/name` is looked for in the models directories, then in the HF cache, then at the hub. What is found
   * stays there until it is released.
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

  /** Nothing may be located any more. */
  async close(): Promise<void> {
    await this.#options.close();
  }

  async #inRoots(text: string): Promise<LocatedModel> {
    const { roots } = this.#options;
    const { reference, directory } = await roots.resolve(text).catch((error) => {
      // It may go away while it is looked at.
      throw explainStorageError(error, `${text} can't be read`);
    });
    const allow = (path: string): Promise<void> => roots.assertInside(path, reference);
    return { reference, directory, allow, release: async () => {} };
  }

  async #ofHub(reference: HubReference, dtype: Dtype, work: LocateWork): Promise<LocatedModel> {
    const { snapshots, roots } = await this.#options.hub();
    work.onFetch();
    return await this.#held(repositoryLease(reference.id), roots, async () => {
      const snapshot = await snapshots.fetch(reference, work, dtype);
      return { ...snapshot, key: snapshot.copyReference };
    });
  }

  async #ofManifest(
    reference: { readonly url: URL; readonly sha256: string },
    work: LocateWork,
  ): Promise<LocatedModel> {
    const { manifests, manifestRoot } = this.#options;
    work.onFetch();
    return await this.#held(reference.sha256, [manifestRoot], async () => {
      const found = await (await manifests()).fetch(reference, work);
      return { ...found, key: reference.sha256 };
    });
  }

  /** From before it is looked for, so that nobody deletes it in between. */
  async #held(
    leaseKey: string,
    roots: readonly string[],
    fetch: () => Promise<{ readonly key: string; readonly reference: string; readonly directory: string }>,
  ): Promise<LocatedModel> {
    const { usage } = this.#options;
    const lease = await usage.hold(leaseKey);
    try {
      const { key, reference, directory } = await fetch();
      await usage.note(key, { reference });
      return { reference, directory, allow: inside(roots, reference), release: () => lease.release() };
    } catch (error) {
      await lease.release();
      throw error;
    }
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
