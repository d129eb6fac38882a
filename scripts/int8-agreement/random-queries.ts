export interface GradedQuery {
  readonly query: string;
  /** Shuffled; grades from 0 (foreign) to 1 (the sentence that the query was made of). */
  readonly documents: readonly { readonly text: string; readonly grade: number }[];
}

const DOCUMENTS = 10;

/** Draws queries out of sentences, the same ones for the same seed. */
export class RandomQueries {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** @param packages sentences of one text each; neighbours in it are related */
  draw(packages: readonly (readonly string[])[], count: number): GradedQuery[] {
    return Array.from({ length: count }, () => this.#query(packages));
  }

  #query(packages: readonly (readonly string[])[]): GradedQuery {
    const own = this.#pick(packages);
    const at = Math.floor(this.#random() * (own.length - 1));
    const sentence = own[at] ?? '';
    const foreign = (): string => this.#pick(this.#pick(packages));
    const related = [
      { text: sentence, grade: 1 },
      { text: `${this.#thinned(sentence, 0.5)} ${foreign()}`, grade: 0.7 },
      { text: own[at + 1] ?? '', grade: 0.4 },
      { text: this.#pick(own), grade: 0.25 },
    ];
    const unrelated = Array.from({ length: DOCUMENTS - related.length }, () => ({
      text: foreign(),
      grade: 0,
    }));
    return { query: this.#thinned(sentence, 0.4), documents: this.#shuffled([...related, ...unrelated]) };
  }

  #thinned(sentence: string, share: number): string {
    const kept = sentence.split(' ').filter(() => this.#random() > share);
    return kept.length === 0 ? sentence : kept.join(' ');
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, key: this.#random() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  /** A linear congruential generator with the constants of the C standard's example: good enough to choose sentences. */
  #random(): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return this.#state / 0x80000000;
  }
}
