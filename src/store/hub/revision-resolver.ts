import { messageOf } from '../../errors.ts';
import type { FetchWork } from '../fetch-work.ts';
import type { CacheRoots } from './cache/cache-roots.ts';
import { RepositoryFolder } from './cache/repository-folder.ts';
import type { HubClient } from './hub-client.ts';
import { HubFailure } from './hub-failure.ts';
import { isCommit } from './hub-names.ts';
import type { HubReference } from './hub-reference.ts';
import type { KnownRevisions } from './known-revisions.ts';
import { missingOffline } from './missing-offline.ts';

/** What a revision means. */
export interface Resolution {
  readonly commit: string;
  /** No hub could be asked: it is what was known before. */
  readonly stale: boolean;
  /** A hub said so just now. */
  readonly isNew: boolean;
}

interface ResolverOptions {
  readonly client: HubClient;
  readonly known: KnownRevisions;
  readonly roots: CacheRoots;
  readonly offline: boolean;
  readonly onStale: () => void;
}

/** What the hub means when no revision is named. */
export const DEFAULT_REVISION = 'main';

/** Finds out, once for each fetch, which commit a revision means: every file is then of that one. */
export class RevisionResolver {
  readonly #options: ResolverOptions;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** The commit as far as this machine knows. */
  async known({ id, revision = DEFAULT_REVISION }: HubReference): Promise<string | undefined> {
    return isCommit(revision) ? revision : (await this.#options.known.find(id, revision))?.commit;
  }

  /**
   * Asks the hub, unless the revision is a commit or was looked up lately.
   * @param isComplete whether the model is on this machine at that commit, and may be used when no hub answers
   * @throws ServiceError model_not_found or source_failed.
   */
  async resolve(
    reference: HubReference,
    isComplete: (commit: string) => Promise<boolean>,
    { signal, warn }: FetchWork,
  ): Promise<Resolution> {
    const { id, revision = DEFAULT_REVISION } = reference;
    if (isCommit(revision)) return { commit: revision, stale: false, isNew: false };
    const { client, known: revisions, roots, offline, onStale } = this.#options;
    const known = await revisions.find(id, revision);
    if (offline && known === undefined) {
      const folders = [roots.writable, ...roots.readOnly].map((root) => new RepositoryFolder(root, id));
      throw missingOffline(reference, folders);
    }
    const isHere = known !== undefined && (await isComplete(known.commit));
    if (known !== undefined && (offline || (isHere && known.isFresh))) {
      return { commit: known.commit, stale: false, isNew: false };
    }
    try {
      const commit = await client.commitOf(id, revision, { hasFallback: isHere, warn, signal });
      return { commit, stale: false, isNew: true };
    } catch (error) {
      if (!(error instanceof HubFailure)) throw error;
      if (!isHere || !error.isOutage) throw error.toServiceError(id, revision);
      onStale();
      warn(`${error.message}: "${revision}" of ${id} is taken to be ${known.commit}, as it was before`);
      return { commit: known.commit, stale: true, isNew: false };
    }
  }

  /** Notes what the hub said, once the model is complete. That it can't be noted is no reason to fail. */
  async keep(
    { id, revision = DEFAULT_REVISION }: HubReference,
    folder: RepositoryFolder,
    commit: string,
    { warn }: FetchWork,
  ): Promise<void> {
    await this.#options.known.keep(folder, revision, commit).catch((error) => {
      warn(`what "${revision}" of ${id} means could not be noted: ${messageOf(error)}`);
    });
  }
}
