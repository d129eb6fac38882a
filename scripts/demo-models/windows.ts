import type { GraphBuilder, Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Operators } from '../../test/support/onnx-operators.ts';

/** Pieces of each word that matching looks at; of three letters each, they make 18 characters. */
export const longestRun = 6;

/** Positions that tensors are padded by: a window past a word, then one to see whether the next word goes on. */
export const reach = longestRun + 1;

/** More than any sequence is long. */
const toTheEnd = 2 ** 31 - 1;

/**
 * Views of [batch, sequence] tensors for comparing each query position with each document position: shifted
 * along the sequence, and laid out so that the product of a query and a document view is
 * [batch, query, sequence]. `query` reaches only as far as the longest query of the batch, as the memory of a
 * comparison grows with it. Each view is made once.
 */
export class Windows {
  readonly #graph: GraphBuilder;
  readonly #ops: Operators;
  readonly #queryEnd: Value;
  readonly #views = new Map<string, Value>();

  /** @param queryStarts [batch, sequence] float32: 1 at the positions that query views have to include */
  constructor(graph: GraphBuilder, ops: Operators, queryStarts: Value) {
    this.#graph = graph;
    this.#ops = ops;
    this.#queryEnd = this.#afterLast(queryStarts);
  }

  /** Of a tensor padded by `reach`, the view whose position i shows position i + k. */
  at(padded: Value, k: number): Value {
    return this.#once(`${k} of ${padded}`, () => {
      const end = k === reach ? toTheEnd : k - reach;
      return this.#ops.slice(padded, this.#graph.integers(k), this.#graph.integers(end), 1);
    });
  }

  /** [batch, query, 1] */
  query(value: Value): Value {
    return this.#once(`query ${value}`, () =>
      this.#ops.unsqueeze(this.#ops.slice(value, this.#graph.integers(0), this.#queryEnd, 1), 2),
    );
  }

  /** [batch, 1, sequence] */
  document(value: Value): Value {
    return this.#once(`document ${value}`, () => this.#ops.unsqueeze(value, 1));
  }

  /** One more than the last marked position of the whole batch, at least 1, as an int64 vector of one element. */
  #afterLast(marks: Value): Value {
    const ops = this.#ops;
    const marked = ops.highest(marks, 0);
    const ones = ops.add(ops.multiply(marked, 0), 1);
    const positions = this.#graph.node('CumSum', [ones, this.#graph.scalar('int32', 0)]);
    const last = ops.highest(ops.multiply(marked, positions), 0, true);
    return ops.cast(ops.maximum(last, 1), 'int64');
  }

  #once(key: string, create: () => Value): Value {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const view = create();
    this.#views.set(key, view);
    return view;
  }
}
