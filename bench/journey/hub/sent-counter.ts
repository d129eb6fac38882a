import type { Content } from '../../../test/support/fake-hub/content.ts';
import { epochMs } from '../epoch.ts';
import type { Sent } from './protocol.ts';

/** Often enough to know when the last byte has left. */
const TELL_EVERY_MS = 50;

/** Counts what is read of contents, and tells of it: at the first byte, then now and then, and when it is all. */
export class SentCounter {
  readonly #tell: (sent: Sent) => void;
  #from = 0;
  #toldAt = 0;
  #bytes = 0;
  #isCounting = false;

  constructor(tell: (sent: Sent) => void) {
    this.#tell = tell;
  }

  restart(): void {
    this.#isCounting = true;
    this.#bytes = 0;
    this.#toldAt = 0;
  }

  /** The content, counted as it is read. */
  watch(content: Content): Content {
    return {
      size: content.size,
      read: (start, end) => {
        if (this.#isCounting) this.#add(end - start, content.size);
        return content.read(start, end);
      },
    };
  }

  #add(bytes: number, all: number): void {
    const now = epochMs();
    if (this.#bytes === 0) this.#from = now;
    this.#bytes += bytes;
    if (this.#bytes < all && now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#tell({ from: this.#from, to: now, bytes: this.#bytes });
  }
}
