import type { Counts } from './protocol.ts';

/** Smooth enough for a progress bar, and seldom enough not to be felt. */
const TELL_EVERY_MS = 100;

/** Adds up what happens a thousand times a second, and tells of it ten times. */
export class Counter {
  readonly #tell: (counts: Counts) => void;
  readonly #reached = new Map<string, Counts['reached'][number]>();
  readonly #came = new Map<string, number>();
  readonly #used = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (counts: Counts) => void) {
    this.#tell = tell;
  }

  reached(fetch: number, source: string, bytes: number): void {
    const key = `${fetch} ${source}`;
    const before = this.#reached.get(key)?.bytes ?? 0;
    this.#reached.set(key, { fetch, source, bytes: before + bytes });
    this.#tellSoon();
  }

  came(source: string, bytes: number): void {
    this.#came.set(source, (this.#came.get(source) ?? 0) + bytes);
    this.#tellSoon();
  }

  used(reservation: number, bytes: number): void {
    this.#used.set(reservation, (this.#used.get(reservation) ?? 0) + bytes);
    this.#tellSoon();
  }

  /** Tells what is left: before anything is told that has to come after it. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = {
      reached: [...this.#reached.values()],
      came: Array.from(this.#came, ([source, bytes]) => ({ source, bytes })),
      used: Array.from(this.#used, ([reservation, bytes]) => ({ reservation, bytes })),
    };
    if (counts.reached.length + counts.came.length + counts.used.length === 0) return;
    this.#reached.clear();
    this.#came.clear();
    this.#used.clear();
    this.#tell(counts);
  };

  #tellSoon(): void {
    this.#timer ??= setTimeout(this.flush, TELL_EVERY_MS);
  }
}
