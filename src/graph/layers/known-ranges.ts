import type { Value } from '../onnx/graph-builder.ts';

/** What is known of a value's range before anything runs. */
export type KnownRange =
  /** It comes out of a layer norm: some of its channels are much wider than others. */
  | {
      readonly kind: 'normalized';
      /** Name of the norm's scale. */
      readonly norm: string;
      /** All that comes out of the norm, [batch, sequence, hidden]. */
      readonly whole: Value;
      readonly hidden: number;
    }
  /** It comes out of an activation that goes no lower than this; how high it goes differs from row to row. */
  | { readonly kind: 'atLeast'; readonly lowest: number };

/** Remembers which values have a range that is known, so that whoever quantizes them can use it. */
export class KnownRanges {
  readonly #ranges = new Map<Value, KnownRange>();

  note(value: Value, range: KnownRange): Value {
    this.#ranges.set(value, range);
    return value;
  }

  of(value: Value): KnownRange | undefined {
    return this.#ranges.get(value);
  }

  /** Part of a value has the range of the whole. */
  inherit(part: Value, whole: Value): Value {
    const range = this.of(whole);
    return range === undefined ? part : this.note(part, range);
  }
}
