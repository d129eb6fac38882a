import { Semaphore } from 'async-mutex';

/**
 * Readers that may be inside at once; more wait for a turn. Read sections are a few synchronous lines, so that hardly two
 * ever overlap, and async-mutex walks over the whole free capacity at every release: this must not be a large number.
 */
const CAPACITY = 32;

/**
 * Many readers or one writer, first come first served: a waiting writer lets no later reader pass, so it can't starve.
 * A reader takes one unit of a semaphore, a writer takes all of them.
 */
export class ReadWriteLock {
  readonly #units = new Semaphore(CAPACITY);

  /** Runs `section` beside other readers. */
  read<T>(section: () => T | Promise<T>): Promise<T> {
    return this.#units.runExclusive(section, 1);
  }

  /** Runs `section` alone. */
  write<T>(section: () => T | Promise<T>): Promise<T> {
    return this.#units.runExclusive(section, CAPACITY);
  }
}
