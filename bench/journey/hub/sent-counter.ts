import type { Content } from '../../../test/support/fake-hub/content.ts';
import { epochMs } from '../epoch.ts';
import type { Sent } from './protocol.ts';

/** Often enough to know when the last byte has left. */
const TELL_EVERY_MS = 50;

/** Counts what is read of contents, and tells of it: at the first byte, then now and then, and always of the last one. */
export class SentCounter {
  readonly #tell: (sent: Sent) => void;
  #from = 0;
  #lastAt = 0;
  #willTell = false;
  #bytes = 0;
  #isCounting = false;

  constructor(tell: (sent: Sent) => void) {
    this.#tell = tell;
  }

  restart(): void {
    this.#isCounting = true;
    this.#bytes = 0;
  }

  /** The content, counted as it is read. */
  watch(content: Content): Content {
    return {
      size: content.size,
      read: (start, end) => {
        if (this.#isCounting) this.#add(end - start);
        return content.read(start, end);
      },
    };
  }

  #add(bytes: number): void {
    this.#lastAt = epochMs();
    if (this.#bytes === 0) this.#from = this.#lastAt;
    this.#bytes += bytes;
    if (this.#willTell) return;
    this.#willTell = true;
    setTimeout(() => {
      this.#willTell = false;
      this.#tell({ from: this.#from, to: this.#lastAt, bytes: this.#bytes });
    }, TELL_EVERY_MS);
  }
}
