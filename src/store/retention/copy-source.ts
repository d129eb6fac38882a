import type { Removal } from '../removal.ts';

/** A copy of a model that came from elsewhere, as it came. */
export interface StoredCopy {
  /** Says which one it is, for ever: the reference with its commit, the digest of a manifest. */
  readonly key: string;
  /** Whoever uses it, or shares files with it, holds this lease. */
  readonly leaseKey: string;
  readonly reference: string;
  readonly path: string;
  /** What several copies share is counted once. */
  readonly bytes: number;
}

/** A place that keeps copies: the Hugging Face cache, the files of manifests. */
export interface CopySource {
  readonly kind: 'snapshot' | 'manifest';
  /** True where other programs keep theirs too: only what this server brought may go. */
  readonly isShared: boolean;
  list(): Promise<readonly StoredCopy[]>;
  /**
   * Takes one out of its place. Whoever has it open goes on reading.
   * @throws an error of the file system.
   */
  beginRemoval(copy: StoredCopy): Promise<Removal>;
}
