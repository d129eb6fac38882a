import type { WriteStream } from 'node:tty';
import type { LoadTick } from '../load/protocol.ts';

/** One line that says what goes on, on a terminal; nothing elsewhere. */
export class Progress implements Disposable {
  readonly #stream: WriteStream;
  #doing = '';
  #counts = '';

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  say(doing: string): void {
    this.#doing = doing;
    this.#draw();
  }

  count({ answers, failed, wrong }: LoadTick): void {
    this.#counts = `${answers} answers, ${failed} failed, ${wrong} wrong`;
    this.#draw();
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #draw(): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${this.#doing}  ${this.#counts}`);
  }
}
