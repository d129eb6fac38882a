interface Entry<T> {
  readonly word: string;
  readonly value: T;
}

/**
 * What was found for words lately, bounded: when there are too many, those go that were not asked for since there were half as
 * many.
 */
export class RecentWords<T> {
  readonly #half: number;
  #recent = new Map<string, Entry<T>>();
  #older = new Map<string, Entry<T>>();

  /** @param most words to remember */
  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  get(word: string): T | undefined {
    const found = this.#recent.get(word);
    if (found !== undefined) return found.value;
    const older = this.#older.get(word);
    if (older === undefined) return undefined;
    this.#older.delete(word);
    this.#add(older);
    return older.value;
  }

  set(word: string, value: T): void {
    // A word that was cut out of a text keeps all of the text in memory.
    this.#add({ word: Buffer.from(word).toString(), value });
  }

  #add(entry: Entry<T>): void {
    if (this.#recent.size >= this.#half) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(entry.word, entry);
  }
}
