import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import { unicodeOr } from '@clack/prompts';
import type { TextOutput } from '../terminal.ts';

interface Content {
  readonly label: string;
  /** 0 to 1 that is done; without it there is no bar. */
  readonly share?: number | undefined;
  readonly text: string;
}

const BAR_COLUMNS = 30;
const DEFAULT_COLUMNS = 80;
const BAR = unicodeOr('━', '=');

/**
 * One line of a terminal that is drawn over and over. The bar of @clack/prompts, which it looks like, reads the keyboard
 * itself and ends the process at Ctrl-C; here Ctrl-C is a question to the server, and its answer must be awaited.
 */
export class StatusLine {
  readonly #output: TextOutput;
  #isShown = false;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  draw({ label, share, text }: Content): void {
    const columns = (this.#output.columns || DEFAULT_COLUMNS) - 1;
    const isWide = columns >= 2 * BAR_COLUMNS;
    const bar = share === undefined || !isWide ? '' : `${'-'.repeat(BAR_COLUMNS)} `;
    const percent = share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)}% `;
    // Cut before the colours come in, whose codes take no columns: a line that wraps can't be taken away.
    const plain = `${label.padEnd(8)} ${bar}${percent}${text}`.slice(0, columns);
    this.clear();
    this.#output.write(bar === '' ? plain : plain.replace(bar.trimEnd(), this.#bar(share ?? 0)));
    this.#isShown = true;
  }

  clear(): void {
    if (!this.#isShown) return;
    cursorTo(this.#output, 0);
    clearLine(this.#output, 0);
    this.#isShown = false;
  }

  #bar(share: number): string {
    const filled = Math.round(share * BAR_COLUMNS);
    const style = { stream: this.#output };
    const done = styleText('magenta', BAR.repeat(filled), style);
    return `${done}${styleText('dim', BAR.repeat(BAR_COLUMNS - filled), style)}`;
  }
}
