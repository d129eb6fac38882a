import { encodeModel } from './onnx/encode.ts';
import { GraphBuilder } from './onnx/graph-builder.ts';

/** The smallest useful model, one addition: whether a session of it can be made tells whether a device works. */
export function probeModel(): Uint8Array {
  const graph = new GraphBuilder('probe');
  const x = graph.input('x', 'float32', ['n']);
  graph.output(graph.node('Add', [x, x], { name: 'y' }), 'float32', ['n']);
  return encodeModel({ irVersion: 8, producer: 'rerankd', opsets: { '': 17 }, graph: graph.build() });
}
