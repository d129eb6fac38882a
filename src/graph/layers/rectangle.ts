import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Attention, TokenLayout } from './token-layout.ts';

/** Sequences in the rows of a rectangle, with padding at their ends. Devices differ in how they compute attention over them. */
export abstract class Rectangle implements TokenLayout {
  readonly kind = 'padded';
  readonly integers: 'int64' | 'int32';
  readonly ids: Value;
  readonly tokenTypes: Value;
  readonly mask: Value;
  protected readonly graph: GraphBuilder;

  /** Adds the inputs input_ids, attention_mask and, if wanted, token_type_ids, all [batch, sequence]. */
  constructor(graph: GraphBuilder, usesTokenTypes: boolean, integers: 'int64' | 'int32') {
    const dims = ['batch', 'sequence'];
    this.graph = graph;
    this.integers = integers;
    this.ids = graph.input('input_ids', integers, dims);
    this.mask = graph.input('attention_mask', integers, dims);
    this.tokenTypes = usesTokenTypes ? graph.input('token_type_ids', integers, dims) : '';
  }

  abstract positions(): Value;

  abstract attention(attention: Attention): Value;

  countAlong(marks: Value): Value {
    return this.graph.node('CumSum', [marks, this.graph.scalar('int64', 1)]);
  }

  firstRow(x: Value): Value {
    const { graph } = this;
    return graph.node('Slice', [x, graph.integers(0), graph.integers(1), graph.integers(1)]);
  }

  forHead(firstRows: Value): Value {
    return firstRows;
  }
}
