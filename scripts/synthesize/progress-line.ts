import type { Progress } from './write-checkpoint.ts';

const BAR_CELLS = 24;
const REDRAW_MS = 100;

/** The part of a terminal that progress is drawn on. */
export interface Terminal {
  write(text: string): unknown;
}

/**
 * A line at a terminal that is drawn over again: a bar, bytes, speed and the time that is left.
 * @param now milliseconds of a clock that only goes forward.
 */
export class ProgressLine implements Progress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #total = 0;
  #written = 0;
  #begun = 0;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  begin(totalBytes: number): void {
    this.#total = totalBytes;
    this.#begun = this.#now();
    this.advance(0);
  }

  advance(bytes: number): void {
    this.#written += bytes;
    const now = this.#now();
    if (now - this.#drawn < REDRAW_MS && this.#written < this.#total) return;
    this.#drawn = now;
    this.#terminal.write(`\r${this.#line(now)}\u001b[K`);
  }

  /** Takes the line away. */
  end(): void {
    this.#terminal.write('\r\u001b[K');
  }

  #line(now: number): string {
    const share = this.#total === 0 ? 1 : this.#written / this.#total;
    const cells = Math.round(share * BAR_CELLS);
    const seconds = (now - this.#begun) / 1000;
    const speed = seconds === 0 ? 0 : this.#written / seconds;
    const left = speed === 0 ? '' : `, ${Math.ceil((this.#total - this.#written) / speed)} s left`;
    const percent = String(Math.floor(share * 100)).padStart(3);
    return (
      `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${percent}%  ` +
      `${megabytes(this.#written)} of ${megabytes(this.#total)} MB, ${megabytes(speed)} MB/s${left}`
    );
  }
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString('en');
}
