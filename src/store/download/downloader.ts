import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Semaphore } from 'async-mutex';
import { ServiceError } from '../../errors.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Transport } from '../transport/transport.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './backoff.ts';
import { Bandwidth } from './bandwidth.ts';
import type { BlobRequest, BlobSource, DiskSpace, Downloader, DownloadMetrics } from './blob.ts';
import { type Claim, claimDirectory } from './claim.ts';
import { explainDiskError, isDiskFull } from './disk-error.ts';
import { OwnershipLost, Silence } from './ownership.ts';
import { PartialBlob } from './partial-blob.ts';
import { planParts } from './parts.ts';
import { areOnOneDevice, isInPlace, moveIntoPlace } from './place.ts';
import { Progress } from './progress.ts';
import { transfer } from './transfer.ts';
import { type ExpectedHash, expectedHash, hashFile } from './verify.ts';

const WORKERS = 8;
const LOOK_AGAIN_MS = 250;
const MAX_WAIT_MS = 3_600_000;
const HASH_ATTEMPTS = 2;

export interface DownloaderOptions {
  readonly transport: Transport;
  /** Limits that others may have to keep as well; none by default. */
  readonly bandwidth?: Bandwidth | undefined;
  /** Requests at the same time, of all blobs together; 8 by default. */
  readonly workers?: number;
  /** Bytes of a part, in place of what suits the size of the blob. */
  readonly partBytes?: number | undefined;
  readonly space: DiskSpace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DownloadMetrics;
  /** From 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly retry?: RetryPolicy;
  /** How long to wait for another process that brings the same blob; an hour by default. */
  readonly maxWaitMs?: number;
}

/**
 * Brings blobs in parallel parts that outlive the process, from several sources, once for all processes of the machine,
 * and lets nothing through whose hash is not the expected one.
 */
export function createDownloader(options: DownloaderOptions): Downloader {
  return new PartsDownloader(options);
}

interface Blob extends BlobRequest {
  readonly hash: ExpectedHash;
  /** Where its parts are. */
  readonly directory: string;
  readonly progress: Progress;
}

class PartsDownloader implements Downloader {
  readonly #options: DownloaderOptions;
  readonly #permits: Semaphore;
  readonly #bandwidth: Bandwidth;

  constructor(options: DownloaderOptions) {
    this.#options = options;
    this.#permits = new Semaphore(options.workers ?? WORKERS);
    this.#bandwidth = options.bandwidth ?? new Bandwidth({}, options.clock);
  }

  async fetch(request: BlobRequest): Promise<void> {
    const hash = expectedHash(request.expected);
    const { clock, metrics, maxWaitMs = MAX_WAIT_MS } = this.#options;
    const progress = new Progress(request.onBytes, metrics);
    const blob = { ...request, hash, progress, directory: directoryOf(request, hash) };
    const silence = new Silence();
    const deadline = clock.now() + maxWaitMs;
    while (!(await this.#isDone(blob))) {
      blob.signal.throwIfAborted();
      const claim = await claimDirectory(blob.directory, silence, clock, blob.signal);
      if (claim && (await this.#bringAs(claim, blob))) return;
      if (clock.now() >= deadline) throw heldTooLong(blob, maxWaitMs);
      await delay(clock, LOOK_AGAIN_MS, blob.signal);
    }
  }

  async #isDone({ target, expected, progress }: Blob): Promise<boolean> {
    if (!(await isInPlace(target, expected.size))) return false;
    progress.reached(expected.size, 'resumed');
    return true;
  }

  /** @returns false when another process took over. */
  async #bringAs(claim: Claim, blob: Blob): Promise<boolean> {
    try {
      // It may have been finished just before the claim.
      if (!(await this.#isDone(blob))) await this.#bring(blob, claim);
      await rm(blob.directory, { recursive: true, force: true });
      return true;
    } catch (error) {
      if (error instanceof OwnershipLost) return false;
      if (isDiskFull(error)) await rm(blob.directory, { recursive: true, force: true });
      throw explainDiskError(error, blob.partsDirectory);
    } finally {
      await claim.release();
    }
  }

  async #bring(blob: Blob, claim: Claim): Promise<void> {
    const { metrics, logger } = this.#options;
    let { sources } = blob;
    for (let attempt = 1; ; attempt += 1) {
      const partial = await this.#transfer(blob, sources, claim);
      const found = await hashFile(partial.path, blob.expected.size, blob.hash.algorithm, blob.signal);
      claim.ensureHeld();
      if (found === blob.hash.digest) return await moveIntoPlace(partial.path, blob.target);
      await partial.remove();
      if (attempt === HASH_ATTEMPTS) throw wrongHash(blob, found);
      metrics.storeRetries.inc({ reason: 'wrong_hash' });
      logger.warn({ blob: blob.name, expected: blob.hash.digest, found }, 'wrong bytes came');
      // Whoever gave most of it is asked last.
      sources = [...sources.slice(1), ...sources.slice(0, 1)];
    }
  }

  /** Brings what is missing, and has the disk hold it. */
  async #transfer(blob: Blob, sources: readonly BlobSource[], claim: Claim): Promise<PartialBlob> {
    const { workers = WORKERS, partBytes, retry = DEFAULT_RETRY } = this.#options;
    const { progress, directory, hash, expected } = blob;
    const partial = await PartialBlob.open(
      directory,
      hash.digest,
      planParts(expected.size, workers, partBytes),
    );
    try {
      using reservation = await this.#reserve(blob, expected.size - partial.receivedBytes);
      progress.reached(partial.receivedBytes, 'resumed');
      await transfer({
        ...this.#options,
        workers,
        retry,
        permits: this.#permits,
        bandwidth: this.#bandwidth,
        partial,
        sources,
        name: blob.name,
        signal: blob.signal,
        ensureHeld: () => claim.ensureHeld(),
        onPiece: (bytes, source) => progress.received(bytes, source),
        onWritten: (source) => progress.reached(partial.receivedBytes, source, reservation),
      });
      await partial.sync();
      return partial;
    } finally {
      await partial.close();
    }
  }

  /** Space for the parts, and once more where the finished blob has to be copied to another file system. */
  async #reserve({ directory, target, expected }: Blob, bytes: number) {
    const { space } = this.#options;
    await mkdir(dirname(target), { recursive: true });
    const parts = await space.reserve(directory, bytes);
    try {
      const isOneDevice = await areOnOneDevice(directory, dirname(target));
      const copy = isOneDevice ? undefined : await space.reserve(dirname(target), expected.size);
      return {
        use: (used: number) => parts.use?.(used),
        release: () => parts.release(),
        [Symbol.dispose]() {
          parts.release();
          copy?.release();
        },
      };
    } catch (error) {
      parts.release();
      throw error;
    }
  }
}

/** The same for every process that wants this blob at this place. */
function directoryOf({ partsDirectory, target }: BlobRequest, { digest }: ExpectedHash): string {
  const place = createHash('sha256').update(target).digest('hex');
  return join(partsDirectory, `${digest.slice(0, 16)}-${place.slice(0, 16)}`);
}

function wrongHash({ name, hash, sources }: Blob, found: string): ServiceError {
  const { algorithm, digest } = hash;
  return new ServiceError(
    'source_failed',
    `${name} came with the wrong content: ${algorithm} ${digest} was expected and ${found} was found`,
    {
      detail: `Everything that came was deleted. Asked were ${sources.map((source) => source.name).join(', ')}.`,
    },
  );
}

function heldTooLong({ name }: Blob, maxWaitMs: number): ServiceError {
  return new ServiceError(
    'unavailable',
    `${name} is being fetched by another process, for more than ${Math.round(maxWaitMs / 1000)} s now`,
    { retryAfterSeconds: 60 },
  );
}
