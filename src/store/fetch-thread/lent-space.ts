import type { DiskSpace, Reservation } from '../download/blob.ts';

/** Reservations that a thread has asked for, by its numbers. When the thread is gone, they are released. */
export class LentSpace {
  readonly #space: DiskSpace;
  readonly #reservations = new Map<number, Reservation>();
  #isClosed = false;

  constructor(space: DiskSpace) {
    this.#space = space;
  }

  /** @throws ServiceError insufficient_storage */
  async reserve(number: number, directory: string, bytes: number): Promise<void> {
    const reservation = await this.#space.reserve(directory, bytes);
    if (this.#isClosed) reservation.release();
    else this.#reservations.set(number, reservation);
  }

  use(number: number, bytes: number): void {
    this.#reservations.get(number)?.use?.(bytes);
  }

  release(number: number): void {
    this.#reservations.get(number)?.release();
    this.#reservations.delete(number);
  }

  close(): void {
    this.#isClosed = true;
    for (const reservation of this.#reservations.values()) reservation.release();
    this.#reservations.clear();
  }
}
