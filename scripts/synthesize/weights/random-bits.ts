import { createHash } from 'node:crypto';
import type { Bits } from './dtype.ts';

/**
 * A stream of pseudo-random numbers that belongs to a seed and a name, so that what a tensor holds depends neither on
 * the tensors before it nor on the file that it comes to lie in.
 *
 * The generator is Chris Doty-Humphrey's sfc32 (128 bits of state, passes PractRand), which needs 32-bit operations
 * only and so runs at about a nanosecond a number here.
 */
export class RandomBits {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number, name: string) {
    const hash = createHash('sha256').update(`${seed}\n${name}`).digest();
    this.#a = hash.readInt32LE(0);
    this.#b = hash.readInt32LE(4);
    this.#c = hash.readInt32LE(8);
    this.#counter = hash.readInt32LE(12);
  }

  /** A whole number below `bound`, which may be at most 65,536. */
  below(bound: number): number {
    return (this.#next() >>> 16) % bound;
  }

  /**
   * Draws every element of `out` from a table of 65,536 levels.
   * @param out Even in length, unless the stream isn't drawn from again: an odd end wastes half a draw.
   */
  drawLevels(out: Bits, levels: Bits): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    for (let i = 0; i < out.length; i += 2) {
      const drawn = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + drawn) | 0;
      out[i] = levels[drawn & 0xffff] as number;
      // Beyond the end of an odd array this is a store to nowhere, which typed arrays ignore.
      out[i + 1] = levels[drawn >>> 16] as number;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  #next(): number {
    const drawn = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0;
    return drawn;
  }
}
