import { unlessAborted } from '../../platform/unless-aborted.ts';

/** Work that is under way, and who waits for it. */
interface Flight<T, P> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly listeners: Set<(progress: P) => void>;
  waiting: number;
}

/**
 * Does work for several callers once. A caller that gives up leaves the others waiting; the work ends when nobody waits any
 * more.
 */
export class SingleFlight<T, P> {
  readonly #flights = new Map<string, Flight<T, P>>();

  /**
   * @param key what makes two calls the same
   * @param work is run by the first caller
   * @param onProgress hears of the work as well when another caller began it
   */
  async run(
    key: string,
    signal: AbortSignal,
    onProgress: (progress: P) => void,
    work: (signal: AbortSignal, report: (progress: P) => void) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting += 1;
    flight.listeners.add(onProgress);
    try {
      return await unlessAborted(flight.result, signal);
    } finally {
      flight.listeners.delete(onProgress);
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.controller.abort(new Error('nobody waits for it any more'));
      }
    }
  }

  #start(
    key: string,
    work: (signal: AbortSignal, report: (progress: P) => void) => Promise<T>,
  ): Flight<T, P> {
    const controller = new AbortController();
    const listeners = new Set<(progress: P) => void>();
    const report = (progress: P): void => {
      for (const listener of listeners) listener(progress);
    };
    const result = work(controller.signal, report);
    // Whoever waited may have left before it fails.
    result.catch(() => {});
    const flight = { result, controller, listeners, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
