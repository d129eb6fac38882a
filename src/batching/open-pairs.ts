import type { PendingPair } from './pending-pair.ts';

/** All pairs without a score yet, waiting or running: the same row is not computed twice at a time. */
export class OpenPairs {
  readonly #pairs = new Map<number, PendingPair>();

  /** The open pair with the same tokens, if there is one. */
  find(row: PendingPair): PendingPair | undefined {
    const found = this.#pairs.get(row.fingerprint);
    return found?.isSameRow(row) === true ? found : undefined;
  }

  /** Of two different rows with one fingerprint, only the first can be found: the other one is computed as often as asked. */
  add(pair: PendingPair): void {
    if (!this.#pairs.has(pair.fingerprint)) this.#pairs.set(pair.fingerprint, pair);
  }

  remove(pair: PendingPair): void {
    if (this.#pairs.get(pair.fingerprint) === pair) this.#pairs.delete(pair.fingerprint);
  }
}
