/** A binary heap: the first item by the given order comes out first. Adding and taking cost log n. */
export class Heap<T> {
  readonly #comesFirst: (a: T, b: T) => boolean;
  #items: T[] = [];

  /** @param comesFirst whether a comes out before b */
  constructor(comesFirst: (a: T, b: T) => boolean) {
    this.#comesFirst = comesFirst;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    let at = this.#items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#comesFirst(item, this.#items[parent] as T)) break;
      this.#items[at] = this.#items[parent] as T;
      at = parent;
    }
    this.#items[at] = item;
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0) this.#sink(last as T);
    return first;
  }

  /** Drops all items that are not to be kept. Costs as much as putting the rest in again. */
  retain(isKept: (item: T) => boolean): void {
    const kept = this.#items.filter(isKept);
    this.#items = [];
    for (const item of kept) this.push(item);
  }

  /** Puts an item in the place of the first one and lets it sink to where it belongs. */
  #sink(item: T): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      const right = child + 1;
      if (right < this.#items.length && this.#comesFirst(this.#items[right] as T, this.#items[child] as T)) {
        child = right;
      }
      if (!this.#comesFirst(this.#items[child] as T, item)) break;
      this.#items[at] = this.#items[child] as T;
      at = child;
    }
    this.#items[at] = item;
  }
}
