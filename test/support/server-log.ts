import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Lines that are remembered; a server at work for an hour must not fill the memory of who watches it. */
const MAX_LINES = 4000;

/** What a server wrote: messages of its JSON log, and plain lines. */
export class ServerLog {
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #open: number;

  /** @param streams its standard output and standard error */
  constructor(...streams: readonly Readable[]) {
    this.#open = streams.length;
    for (const stream of streams) {
      createInterface(stream)
        .on('line', (line) => this.#note(messageOf(line)))
        .on('close', () => {
          this.#open--;
          this.#wake();
        });
    }
  }

  /** The first line that is remembered and matches. */
  find(pattern: RegExp): string | undefined {
    return this.#lines.find((line) => pattern.test(line));
  }

  all(pattern: RegExp): string[] {
    return this.#lines.filter((line) => pattern.test(line));
  }

  /** The end of it, for a person who wonders what happened. */
  tail(lines = 15): string {
    return this.#lines.slice(-lines).join('\n');
  }

  /** Waits for a line. @returns undefined when the server ends without it. @throws the signal's reason */
  async until(pattern: RegExp, signal?: AbortSignal): Promise<string | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      const found = this.find(pattern);
      if (found !== undefined || this.#open === 0) return found;
      await this.#next(signal);
    }
  }

  async #next(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
    await promise;
    this.#waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
  }

  #note(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, MAX_LINES / 2);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return `${msg ?? ''}${err?.message === undefined ? '' : `: ${err.message}`}`;
  } catch {
    return line;
  }
}
