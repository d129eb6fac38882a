import { createInterface } from 'node:readline';
import type { LoggedProcess } from '../../server/logged-process.ts';

/** Talk with a program: one line there, one line of JSON back. */
export class Dialogue {
  readonly #process: LoggedProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stopped: Promise<never>;

  /** @param stop gives up the talk; the reason is what is thrown then. */
  constructor(process: LoggedProcess, stop: AbortSignal) {
    const { stdout } = process.child;
    if (stdout === null) throw new TypeError('its output must be a pipe');
    this.#process = process;
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.#stopped = new Promise((_, reject) => {
      if (stop.aborted) reject(stop.reason);
      stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    });
    this.#stopped.catch(() => {});
  }

  async ask(order: string): Promise<unknown> {
    this.#process.child.stdin?.write(`${order}\n`);
    return await this.read();
  }

  /** @throws the signal's reason. */
  async read(): Promise<unknown> {
    const { value, done } = await Promise.race([this.#lines.next(), this.#stopped]);
    // The end of its log says more than that its output is over.
    if (done === true) return await this.#stopped;
    return JSON.parse(value);
  }
}
