import type { KnownProvider } from '../../src/platform/cuda/known-providers.ts';
import type { LibraryFolders } from '../../src/platform/cuda/library-search.ts';
import type { Transport } from '../../src/store/transport/transport.ts';
import type { ReleasePlaces } from './archive-source.ts';
import type { Arguments } from './arguments.ts';
import type { ArchiveDigests } from './known-archives.ts';

/** Told as the work goes on. */
interface SetupProgress {
  readonly enter: (phase: string) => void;
  readonly advance: (done: number, total: number, unit: 'bytes') => void;
}

/** What to bring, from where, and to which folder. */
export interface SetupOptions extends Pick<Arguments, 'cuda' | 'force'> {
  /** Where the libraries belong. */
  readonly directory: string;
  /** Of onnxruntime-node. */
  readonly version: string;
  /** ORT_CUDA_ARCHIVE. */
  readonly archive: string | undefined;
  /** ORT_CUDA_SHA256. */
  readonly archiveSha256: string | undefined;
  readonly knownArchives: ArchiveDigests;
  readonly knownProviders: readonly KnownProvider[];
  readonly releases: ReleasePlaces;
  readonly transport: Transport;
  readonly libraries: LibraryFolders;
  readonly progress: SetupProgress;
  readonly now: Date;
  readonly signal: AbortSignal;
}
