import type { GraphBuilder, Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Tensor } from '../../src/graph/onnx/tensor.ts';
import type { Operators } from '../../test/support/onnx-operators.ts';
import { type Feature, features, type Tables } from './tables.ts';
import { reach, Windows } from './windows.ts';

/**
 * The graph's inputs and what the tables say about them. Features, ids and prefixes are [batch, sequence],
 * seen through a window: the value at position i is that of the piece `k` positions after i.
 */
export class PairInput {
  readonly #graph: GraphBuilder;
  readonly #ops: Operators;
  readonly #windows: Windows;
  readonly #ids: Value;
  readonly #features: readonly Value[];
  readonly #prefixes: readonly Value[];
  readonly #longPrefixes: readonly Value[];
  /** 1 where a query word starts. */
  readonly queryStarts: Value;
  /** 1 where a document word starts. */
  readonly documentStarts: Value;

  constructor(graph: GraphBuilder, ops: Operators, tables: Tables) {
    this.#graph = graph;
    this.#ops = ops;
    const tokens = graph.input('input_ids', 'int64', ['batch', 'sequence']);
    const mask = graph.input('attention_mask', 'int64', ['batch', 'sequence']);
    const types = graph.input('token_type_ids', 'int64', ['batch', 'sequence']);
    // Id 0 is padding, about which the tables say nothing: from here on masked positions don't exist.
    this.#ids = ops.padRight(ops.cast(ops.multiply(tokens, mask), 'int32'), reach, 'int32');
    this.#features = this.#lookUp('features', tables.features, 'float32');
    this.#prefixes = this.#lookUp('prefixes', tables.prefixes, 'int32');
    this.#longPrefixes = this.#lookUp('long_prefixes', tables.longPrefixes, 'int32');
    const inDocument = ops.cast(types, 'float32');
    const starts = ops.slice(
      this.#features[features.indexOf('start')] as Value,
      graph.integers(0),
      graph.integers(-reach),
      1,
    );
    this.queryStarts = ops.multiply(starts, ops.subtract(1, inDocument));
    this.documentStarts = ops.multiply(starts, inDocument);
    this.#windows = new Windows(graph, ops, this.queryStarts);
  }

  /** float32: a feature. */
  feature(feature: Feature, k: number): Value {
    return this.#windows.at(this.#features[features.indexOf(feature)] as Value, k);
  }

  /** int32: token ids. */
  ids(k: number): Value {
    return this.#windows.at(this.#ids, k);
  }

  /** int32: the number of a piece's first `length` characters, which depends on where in a word the piece is. */
  prefix(length: number, position: 'start' | 'continuation', k: number): Value {
    const rows =
      position === 'continuation'
        ? this.#prefixes
        : [undefined, undefined, this.#prefixes[0], ...this.#longPrefixes];
    return this.#windows.at(rows[length - 1] as Value, k);
  }

  /** From [batch, sequence] to [batch, query, 1]. */
  query(value: Value): Value {
    return this.#windows.query(value);
  }

  /** From [batch, sequence] to [batch, 1, sequence]. */
  document(value: Value): Value {
    return this.#windows.document(value);
  }

  /** The rows of a table at the padded ids, each [batch, sequence + reach]. */
  #lookUp(name: string, table: Tensor, type: 'float32' | 'int32'): Value[] {
    const [rows = 0, columns = 0] = table.dims;
    const column = this.#ops.minimum(this.#ids, this.#graph.scalar('int32', columns - 1));
    const found = this.#ops.cast(this.#ops.gather(this.#graph.initializer(name, table), column, 1), type);
    return Array.from({ length: rows }, (_, row) =>
      this.#ops.gather(found, this.#graph.scalar('int64', row), 0),
    );
  }
}
