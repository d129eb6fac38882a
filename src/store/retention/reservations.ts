import type { Reservation } from '../download/blob.ts';

/** What is promised to downloads that are under way, and not written yet. */
export class Reservations {
  readonly #unwritten = new Map<number, number>();
  #totalBytes = 0;

  /** Bytes of all open reservations, written or not: what they belong to is not in the inventory yet. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Bytes that are still to be written on a disk. */
  unwrittenOn(disk: number): number {
    return this.#unwritten.get(disk) ?? 0;
  }

  add(disk: number, bytes: number): Required<Reservation> {
    let left = bytes;
    let isOpen = true;
    this.#totalBytes += bytes;
    this.#unwritten.set(disk, this.unwrittenOn(disk) + bytes);
    const use = (written: number): void => {
      const now = Math.min(left, written);
      left -= now;
      this.#unwritten.set(disk, this.unwrittenOn(disk) - now);
    };
    const release = (): void => {
      if (!isOpen) return;
      isOpen = false;
      use(left);
      this.#totalBytes -= bytes;
    };
    return { use, release };
  }
}
