/** Where a blob can be had. */
export interface BlobSource {
  readonly url: URL;
  /** For metrics and logs: `huggingface.co`, `mirror-1.example`. */
  readonly name: string;
}

/** What the bytes have to be. One of the hashes is needed; when both are there, SHA-256 decides. */
export interface BlobExpectation {
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly sha256?: string;
  /** What git calls a blob of these bytes, 40 hexadecimal digits. Not that of an LFS pointer. */
  readonly gitSha1?: string;
}

export interface BlobRequest {
  /** What people call it, for errors and logs: `tokenizer.json of org/tiny`. */
  readonly name: string;
  /** In order of preference; later ones finish what earlier ones began. */
  readonly sources: readonly BlobSource[];
  /** Absolute path. The blob is renamed into place when it is verified; nothing unverified ever has this name. */
  readonly target: string;
  /** Resumable state lives below it. */
  readonly partsDirectory: string;
  readonly expected: BlobExpectation;
  /**
   * Told of new bytes, never of the same byte twice: the sum never exceeds the size. What was there before, or what
   * another process fetched, is reported once with the source `resumed`.
   */
  readonly onBytes: (delta: number, source: string) => void;
  readonly signal: AbortSignal;
}

export interface Downloader {
  /**
   * Brings one blob. A target of the right size is taken as done, since only verified bytes get that name.
   * @throws ServiceError source_failed when no source gave the right bytes; insufficient_storage; unavailable when
   * another process held the blob for too long. The reason of the signal when it aborts.
   */
  fetch(blob: BlobRequest): Promise<void>;
}

export interface Reservation {
  /** These bytes were written: the file system counts them itself from now on. */
  use?(bytes: number): void;
  /** A second call does nothing. */
  release(): void;
}

export interface DiskSpace {
  /** @throws ServiceError insufficient_storage */
  reserve(directory: string, bytes: number): Promise<Reservation>;
}

/** What the downloader tells of its work. */
export interface DownloadMetrics {
  /** Bytes that came over the network, repeated ones included. */
  readonly storeBytes: { inc(labels: { source: string }, bytes: number): void };
  readonly storeRetries: { inc(labels: { reason: string }): void };
  readonly storeFailovers: { inc(): void };
}
