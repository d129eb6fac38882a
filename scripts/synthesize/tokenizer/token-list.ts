/** Tokens in the order of their ids, none twice, up to a size that is known beforehand. */
export class TokenList {
  readonly size: number;
  readonly #tokens: string[] = [];
  readonly #known = new Set<string>();

  constructor(size: number) {
    this.size = size;
  }

  get length(): number {
    return this.#tokens.length;
  }

  get isFull(): boolean {
    return this.#tokens.length === this.size;
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  has(token: string): boolean {
    return this.#known.has(token);
  }

  /** @returns whether the token is new and found room. */
  add(token: string): boolean {
    if (this.isFull || this.#known.has(token)) return false;
    this.#known.add(token);
    this.#tokens.push(token);
    return true;
  }

  /** Adds tokens until the list is full, they are all in, or `atMost` of them were new. */
  addAll(tokens: Iterable<string>, atMost = Number.POSITIVE_INFINITY): void {
    let added = 0;
    for (const token of tokens) {
      if (added >= atMost || this.isFull) return;
      if (this.add(token)) added++;
    }
  }
}
