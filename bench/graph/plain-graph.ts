import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementTypeCode } from '../../src/graph/onnx/element-type.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.ts';
import { Checkpoint } from '../../src/graph/safetensors/checkpoint.ts';
import { WeightPlan } from '../../src/graph/weights/weight-plan.ts';

/** The fields of an XLM-RoBERTa config.json that its graph depends on. */
export interface XlmRobertaConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly layer_norm_eps: number;
  readonly pad_token_id: number;
}

/**
 * Writes the ONNX graph of an XLM-RoBERTa reranker as PyTorch's exporter (and so optimum) gives it: one node for every step of
 * transformers' eager attention, products with transposed weights and a separate bias, the whole sequence through every layer.
 * ONNX Runtime's own optimizations are meant to run over it.
 * @param directory with config.json and model.safetensors; the graph is written beside them
 * @returns the path of the graph
 */
export async function writePlainGraph(directory: string, config: XlmRobertaConfig): Promise<string> {
  const { tensors } = await Checkpoint.open(directory);
  const model = new PlainGraph(new WeightPlan(tensors), config).build();
  const path = join(directory, 'plain.onnx');
  await writeFile(path, encodeModel({ irVersion: 10, producer: 'bench', opsets: { '': 17 }, graph: model }));
  return path;
}

class PlainGraph {
  readonly #graph = new GraphBuilder('plain');
  readonly #plan: WeightPlan;
  readonly #config: XlmRobertaConfig;

  constructor(plan: WeightPlan, config: XlmRobertaConfig) {
    this.#plan = plan;
    this.#config = config;
  }

  build() {
    const graph = this.#graph;
    const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
    const mask = graph.input('attention_mask', 'int64', ['batch', 'sequence']);
    const bias = this.#maskBias(mask);
    let x = this.#embeddings(ids);
    for (let layer = 0; layer < this.#config.num_hidden_layers; layer++) x = this.#layer(x, bias, layer);
    const first = graph.node('Gather', [x, graph.scalar('int64', 0)], { attributes: { axis: { int: 1 } } });
    const dense = graph.node('Tanh', [this.#linear(first, 'classifier.dense', this.#hidden, this.#hidden)]);
    const logits = this.#linear(dense, 'classifier.out_proj', this.#hidden, 1);
    graph.output(logits, 'float32', ['batch', 1]);
    return graph.build();
  }

  get #hidden(): number {
    return this.#config.hidden_size;
  }

  /** 0 for tokens, the lowest number for padding, [batch, 1, 1, sequence]. */
  #maskBias(mask: Value): Value {
    const graph = this.#graph;
    const wide = graph.node('Unsqueeze', [mask, graph.integers(1, 2)]);
    const float = graph.node('Cast', [wide], { attributes: { to: { int: elementTypeCode.float32 } } });
    const inverted = graph.node('Sub', [graph.scalar('float32', 1), float]);
    return graph.node('Mul', [inverted, graph.scalar('float32', -3.4028234663852886e38)]);
  }

  #embeddings(ids: Value): Value {
    const graph = this.#graph;
    const { pad_token_id, vocab_size, max_position_embeddings } = this.#config;
    const pad = graph.scalar('int64', pad_token_id);
    const isToken = graph.node('Cast', [graph.node('Not', [graph.node('Equal', [ids, pad])])], {
      attributes: { to: { int: elementTypeCode.int64 } },
    });
    const counted = graph.node('Mul', [graph.node('CumSum', [isToken, graph.scalar('int64', 1)]), isToken]);
    const positions = graph.node('Add', [counted, pad]);
    const scope = 'roberta.embeddings';
    const words = this.#table(`${scope}.word_embeddings`, vocab_size, ids);
    const types = this.#table(
      `${scope}.token_type_embeddings`,
      1,
      graph.node('Mul', [ids, graph.scalar('int64', 0)]),
    );
    const places = this.#table(`${scope}.position_embeddings`, max_position_embeddings, positions);
    return this.#norm(graph.node('Add', [graph.node('Add', [words, types]), places]), `${scope}.LayerNorm`);
  }

  #layer(x: Value, bias: Value, index: number): Value {
    const graph = this.#graph;
    const { intermediate_size: wide } = this.#config;
    const scope = `roberta.encoder.layer.${index}`;
    const attended = this.#attention(x, bias, `${scope}.attention.self`);
    const projected = this.#linear(attended, `${scope}.attention.output.dense`, this.#hidden, this.#hidden);
    const middle = this.#norm(graph.node('Add', [projected, x]), `${scope}.attention.output.LayerNorm`);
    const inner = this.#gelu(this.#linear(middle, `${scope}.intermediate.dense`, this.#hidden, wide));
    const outer = this.#linear(inner, `${scope}.output.dense`, wide, this.#hidden);
    return this.#norm(graph.node('Add', [outer, middle]), `${scope}.output.LayerNorm`);
  }

  #attention(x: Value, bias: Value, scope: string): Value {
    const graph = this.#graph;
    const { num_attention_heads: heads } = this.#config;
    const [query, key, value] = ['query', 'key', 'value'].map((name) => {
      const product = this.#linear(x, `${scope}.${name}`, this.#hidden, this.#hidden);
      const byHead = graph.node('Reshape', [product, graph.integers(0, 0, heads, this.#hidden / heads)]);
      return graph.node('Transpose', [byHead], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
    }) as [Value, Value, Value];
    const turned = graph.node('Transpose', [key], { attributes: { perm: { ints: [0, 1, 3, 2] } } });
    const root = graph.scalar('float32', Math.sqrt(this.#hidden / heads));
    const scores = graph.node('Div', [graph.node('MatMul', [query, turned]), root]);
    const shares = graph.node('Softmax', [graph.node('Add', [scores, bias])], {
      attributes: { axis: { int: -1 } },
    });
    const mixed = graph.node('Transpose', [graph.node('MatMul', [shares, value])], {
      attributes: { perm: { ints: [0, 2, 1, 3] } },
    });
    return graph.node('Reshape', [mixed, graph.integers(0, 0, this.#hidden)]);
  }

  #gelu(x: Value): Value {
    const graph = this.#graph;
    const erf = graph.node('Erf', [graph.node('Div', [x, graph.scalar('float32', Math.SQRT2)])]);
    const product = graph.node('Mul', [x, graph.node('Add', [erf, graph.scalar('float32', 1)])]);
    return graph.node('Mul', [product, graph.scalar('float32', 0.5)]);
  }

  #linear(x: Value, scope: string, inputs: number, outputs: number): Value {
    const graph = this.#graph;
    const weight = graph.initializer(
      `${scope}.weight`,
      this.#plan.as('float32', `${scope}.weight`, [outputs, inputs]),
    );
    // A constant that ONNX Runtime turns once, when it loads.
    const turned = graph.node('Transpose', [weight], { attributes: { perm: { ints: [1, 0] } } });
    return graph.node('Add', [graph.node('MatMul', [x, turned]), this.#vector(`${scope}.bias`, outputs)]);
  }

  #norm(x: Value, scope: string): Value {
    const weights = [
      this.#vector(`${scope}.weight`, this.#hidden),
      this.#vector(`${scope}.bias`, this.#hidden),
    ];
    const attributes = { epsilon: { float: this.#config.layer_norm_eps } };
    return this.#graph.node('LayerNormalization', [x, ...weights], { attributes });
  }

  #table(scope: string, rows: number, ids: Value): Value {
    const table = this.#plan.as('float32', `${scope}.weight`, [rows, this.#hidden]);
    return this.#graph.node('Gather', [this.#graph.initializer(`${scope}.weight`, table), ids]);
  }

  #vector(name: string, size: number): Value {
    return this.#graph.initializer(name, this.#plan.as('float32', name, [size]));
  }
}
