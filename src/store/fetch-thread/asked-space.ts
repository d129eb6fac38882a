import type { DiskSpace, Reservation } from '../download/blob.ts';
import type { Counter } from './counter.ts';
import { fromPlainError, type PlainError } from './plain-error.ts';
import type { News } from './protocol.ts';

/** The disk space of the main thread, as the thread asks for it: who else writes there has to know of it. */
export class AskedSpace implements DiskSpace {
  readonly #tell: (news: News) => void;
  readonly #counter: Counter;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #last = 0;

  constructor(tell: (news: News) => void, counter: Counter) {
    this.#tell = tell;
    this.#counter = counter;
  }

  async reserve(directory: string, bytes: number): Promise<Reservation> {
    this.#last += 1;
    const reservation = this.#last;
    const answer = Promise.withResolvers<void>();
    this.#waiting.set(reservation, answer);
    this.#tell({ type: 'reserve', reservation, directory, bytes });
    await answer.promise;
    return {
      use: (used) => this.#counter.used(reservation, used),
      release: () => {
        this.#counter.flush();
        this.#tell({ type: 'release', reservation });
      },
    };
  }

  /** What the main thread has said. */
  answer(reservation: number, error: PlainError | undefined): void {
    const waiting = this.#waiting.get(reservation);
    this.#waiting.delete(reservation);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(fromPlainError(error));
  }
}
