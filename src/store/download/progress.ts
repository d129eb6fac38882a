import type { BlobRequest, DownloadMetrics, Reservation } from './blob.ts';

/** Tells how far a blob is, so that the sum only grows: bytes that have to come a second time are not told again. */
export class Progress {
  readonly #onBytes: BlobRequest['onBytes'];
  readonly #metrics: DownloadMetrics;
  #told = 0;

  constructor(onBytes: BlobRequest['onBytes'], metrics: DownloadMetrics) {
    this.#onBytes = onBytes;
    this.#metrics = metrics;
  }

  /** What came over the network, wanted or not. */
  received(bytes: number, source: string): void {
    this.#metrics.storeBytes.inc({ source }, bytes);
  }

  /**
   * @param bytes that are there now
   * @param reservation is told of what is new
   */
  reached(bytes: number, source: string, reservation?: Reservation): void {
    const delta = bytes - this.#told;
    if (delta <= 0) return;
    this.#told = bytes;
    this.#onBytes(delta, source);
    reservation?.use?.(delta);
  }
}
