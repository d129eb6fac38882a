import type { ProbeQuery, ProbeSet } from '../../model/agreement/probe-set.ts';

const MAX_DOCUMENTS = 32;
/** Of a query or a document. */
const MAX_CHARACTERS = 4096;
const MAX_BYTES = 8 * 2 ** 20;

/** V8 keeps a character in one or two bytes. */
const BYTES_PER_CHARACTER = 2;

/** When the ring is full, one request in so many is taken, so that it covers more than the last moment. */
const EVERY = 10;

interface Kept {
  readonly probe: ProbeQuery;
  readonly bytes: number;
}

/**
 * Some of the last requests, for comparing models on what is really asked. In memory only, and bounded: so many requests, 32
 * documents of each, 4,096 characters of each text, 8 MiB in all.
 */
export class LiveRing {
  readonly #size: number;
  readonly #every: number;
  readonly #kept: Kept[] = [];
  #bytes = 0;
  #offered = 0;

  /**
   * @param size requests to keep; 0 keeps none.
   * @param every when it is full, one request in so many is taken.
   */
  constructor(size: number, every = EVERY) {
    this.#size = size;
    this.#every = every;
  }

  /** Shows a request to the ring, which may take it. With fewer than two documents there is no order to compare. */
  offer(query: string, documents: readonly string[]): void {
    if (this.#size === 0 || query === '' || documents.length < 2) return;
    this.#offered++;
    if (this.#kept.length === this.#size && this.#offered % this.#every !== 0) return;
    const kept = copy(query, documents);
    this.#kept.push(kept);
    this.#bytes += kept.bytes;
    while (this.#kept.length > this.#size || this.#bytes > MAX_BYTES) {
      this.#bytes -= this.#kept.shift()?.bytes ?? 0;
    }
  }

  /** What it holds now, the oldest first. */
  asProbeSet(): ProbeSet {
    return this.#kept.map(({ probe }) => probe);
  }
}

function copy(query: string, documents: readonly string[]): Kept {
  const probe = { query: cut(query), documents: documents.slice(0, MAX_DOCUMENTS).map(cut) };
  const characters = [probe.query, ...probe.documents].reduce((sum, text) => sum + text.length, 0);
  return { probe, bytes: characters * BYTES_PER_CHARACTER };
}

/** A copy through bytes: a slice would keep the whole text alive, which may be megabytes. */
function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : Buffer.from(text.slice(0, MAX_CHARACTERS)).toString();
}
