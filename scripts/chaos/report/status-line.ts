import type { WriteStream } from 'node:tty';

/** One line that says what goes on, at a terminal; nothing elsewhere. */
export class StatusLine implements Disposable {
  readonly #stream: WriteStream;
  readonly #startedAt = performance.now();

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  say(doing: string): void {
    if (!this.#stream.isTTY) return;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    this.#stream.write(`\r${clock}  ${doing.slice(0, Math.max(20, this.#stream.columns - 10))}\u001b[K`);
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
