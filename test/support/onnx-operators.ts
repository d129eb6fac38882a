import { type ElementType, elementTypeCode } from '../../src/graph/onnx/element-type.ts';
import type { GraphBuilder, Value } from '../../src/graph/onnx/graph-builder.ts';

/**
 * Shorthand for ai.onnx operators (opset 18), so that formulas read as formulas. Arithmetic broadcasts as in
 * NumPy; a plain number stands for a float32 scalar.
 *
 * Reference: https://onnx.ai/onnx/operators/
 */
export class Operators {
  readonly #graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  add(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Add', a, b);
  }

  subtract(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Sub', a, b);
  }

  multiply(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Mul', a, b);
  }

  divide(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Div', a, b);
  }

  maximum(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Max', a, b);
  }

  minimum(a: Value | number, b: Value | number): Value {
    return this.#arithmetic('Min', a, b);
  }

  log(a: Value): Value {
    return this.#graph.node('Log', [a]);
  }

  /** A constant int32 scalar. */
  integer(value: number): Value {
    return this.#graph.scalar('int32', value);
  }

  /** Elementwise equality, as bool. */
  equal(a: Value, b: Value): Value {
    return this.#graph.node('Equal', [a, b]);
  }

  and(a: Value, b: Value): Value {
    return this.#graph.node('And', [a, b]);
  }

  or(a: Value, b: Value): Value {
    return this.#graph.node('Or', [a, b]);
  }

  /** 1 where the first is at least the second, else 0, as float32. */
  atLeast(a: Value | number, b: Value | number): Value {
    return this.cast(this.#arithmetic('GreaterOrEqual', a, b), 'float32');
  }

  /** The value, limited to 0…1. */
  clipToUnit(a: Value): Value {
    return this.#graph.node('Clip', [a, this.#operand(0), this.#operand(1)]);
  }

  cast(a: Value, type: ElementType): Value {
    return this.#graph.node('Cast', [a], { attributes: { to: { int: elementTypeCode[type] } } });
  }

  /** Picks `indices` along an axis of a table. */
  gather(table: Value, indices: Value, axis: number): Value {
    return this.#graph.node('Gather', [table, indices], { attributes: { axis: { int: axis } } });
  }

  unsqueeze(a: Value, axis: number): Value {
    return this.#graph.node('Unsqueeze', [a, this.#graph.integers(axis)]);
  }

  /** Elements `start` to before `end` of an axis; both are int64 vectors of one element. */
  slice(a: Value, start: Value, end: Value, axis: number): Value {
    return this.#graph.node('Slice', [a, start, end, this.#graph.integers(axis)]);
  }

  /** Appends `count` zeros to the second axis of a matrix of the given element type. */
  padRight(a: Value, count: number, type: ElementType): Value {
    return this.#graph.node('Pad', [a, this.#graph.integers(0, 0, 0, count), this.#graph.scalar(type, 0)]);
  }

  /** Sum along an axis, which goes away unless `keep` is set. */
  sum(a: Value, axis: number, keep = false): Value {
    return this.#graph.node('ReduceSum', [a, this.#graph.integers(axis)], {
      attributes: { keepdims: { int: keep ? 1 : 0 } },
    });
  }

  /** Maximum along an axis, which goes away unless `keep` is set. As the CUDA provider computes it without cuDNN, unlike ReduceMax. */
  highest(a: Value, axis: number, keep = false): Value {
    const one = this.#graph.integers(1);
    const attributes = { axis: { int: axis } };
    const [top] = this.#graph.nodeWithOutputs('TopK', [a, one], 2, { attributes });
    return keep ? (top as Value) : this.#graph.node('Squeeze', [top as Value, this.#graph.integers(axis)]);
  }

  #arithmetic(operator: string, a: Value | number, b: Value | number): Value {
    return this.#graph.node(operator, [this.#operand(a), this.#operand(b)]);
  }

  #operand(operand: Value | number): Value {
    return typeof operand === 'number' ? this.#graph.scalar('float32', operand) : operand;
  }
}
