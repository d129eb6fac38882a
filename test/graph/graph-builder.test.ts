import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';
import { tensor } from '../../src/graph/onnx/tensor.ts';

describe('GraphBuilder', () => {
  it('makes up names that are never used twice', () => {
    const graph = new GraphBuilder('names');
    graph.input('Relu_1', 'float32', ['n']);
    const first = graph.node('Relu', ['Relu_1']);
    const second = graph.node('Relu', [first]);
    const parts = graph.nodeWithOutputs('Split', [second], 2);
    expect(new Set(['Relu_1', first, second, ...parts]).size).toBe(5);
  });

  it('refuses a name that is taken', () => {
    const graph = new GraphBuilder('names');
    graph.initializer('weights', tensor('float32', [1], [1]));
    expect(() => graph.input('weights', 'float32', [1])).toThrow('weights');
  });

  it('stores equal constants once', () => {
    const graph = new GraphBuilder('constants');
    expect(graph.scalar('float32', 2)).toBe(graph.scalar('float32', 2));
    expect(graph.scalar('int32', 2)).not.toBe(graph.scalar('float32', 2));
    expect(graph.integers(0, 1)).toBe(graph.integers(0, 1));
    expect(graph.build().initializers.size).toBe(3);
  });

  it('hands out a snapshot', () => {
    const graph = new GraphBuilder('snapshot');
    const before = graph.build();
    graph.node('Relu', [graph.input('x', 'float32', [])]);
    expect(before.nodes).toEqual([]);
    expect(graph.build().nodes).toHaveLength(1);
  });
});
