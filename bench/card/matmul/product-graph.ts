import { elementTypeCode } from '../../../src/graph/onnx/element-type.ts';
import { encodeModel } from '../../../src/graph/onnx/encode.ts';
import { GraphBuilder, type Value } from '../../../src/graph/onnx/graph-builder.ts';

/** A graph of half-precision products, one after the other. */
export interface ProductChain {
  /** Rows of what is multiplied. */
  readonly m: number;
  /** Widths that it takes in turns: [h] multiplies with [h, h], [h, i] with [h, i] and then with [i, h]. */
  readonly widths: readonly [number] | readonly [number, number];
  /** Times that all widths are gone through. */
  readonly repeats: number;
}

/** Of one run of the graph. */
export function chainFlop({ m, widths, repeats }: ProductChain): number {
  const [first, second = first] = widths;
  return 2 * m * first * second * widths.length * repeats;
}

/**
 * Matrices are made on the card, from two vectors each: their numbers differ, as with constant ones a card draws less power and
 * clocks higher, and there is next to nothing to bring there. With u·v = 1 the product of the matrix u vᵀ with itself is itself, so
 * that no number grows or fades however long the chain is.
 *
 * Inputs are float32 `left` [m, 1] and, for each width w, `down_w` [1, w] and `up_w` [w, 1]; the output is the first number.
 */
export function encodeProductChain({ m, widths, repeats }: ProductChain): Uint8Array {
  const graph = new GraphBuilder('products');
  const half = { attributes: { to: { int: elementTypeCode.float16 } } };
  const [first, second = first] = widths;
  const column = (name: string, size: number): Value => graph.input(name, 'float32', [size, 1]);
  const row = (name: string, size: number): Value => graph.input(name, 'float32', [1, size]);
  const outer = (a: Value, b: Value): Value => graph.node('Cast', [graph.node('Mul', [a, b])], half);

  const left = column('left', m);
  const down = new Map([...new Set([first, second])].map((width) => [width, row(`down_${width}`, width)]));
  const up = new Map([...new Set([first, second])].map((width) => [width, column(`up_${width}`, width)]));

  let x = outer(left, at(down, first));
  const there = outer(at(up, first), at(down, second));
  const back = first === second ? there : outer(at(up, second), at(down, first));
  for (let turn = 0; turn < repeats; turn++) {
    x = graph.node('MatMul', [x, there]);
    if (widths.length === 2) x = graph.node('MatMul', [x, back]);
  }
  const corner = graph.node('Slice', [x, graph.integers(0, 0), graph.integers(1, 1)]);
  const result = graph.node('Cast', [corner], { attributes: { to: { int: elementTypeCode.float32 } } });
  graph.output(result, 'float32', [1, 1]);
  return encodeModel({ irVersion: 10, producer: 'bench', opsets: { '': 17 }, graph: graph.build() });
}

function at(vectors: ReadonlyMap<number, Value>, width: number): Value {
  return vectors.get(width) as Value;
}

/** Numbers between -1 and 1 that look like chance. */
function wave(index: number, step: number): number {
  return Math.sin(1 + index * step);
}

/** Two vectors with u·v = 1, seeded by their size. */
export function dualVectors(size: number): { readonly up: Float32Array; readonly down: Float32Array } {
  const up = Float32Array.from({ length: size }, (_, index) => wave(index, 12.9898));
  const raw = up.map((value, index) => value / 10 + wave(index, 78.233));
  const product = up.reduce((sum, value, index) => sum + value * (raw[index] as number), 0);
  return { up, down: raw.map((value) => value / product) };
}
