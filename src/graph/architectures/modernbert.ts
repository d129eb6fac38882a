import type { Layers } from '../layers/layers.ts';
import { linear, stacked } from '../layers/product.ts';
import type { TokenLayout } from '../layers/token-layout.ts';
import { elementTypeCode } from '../onnx/element-type.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { Architecture } from './architecture.ts';
import { localWindow } from './local-window.ts';
import { isLocal, type ModernBertConfig, parseModernBertConfig, ropeTheta } from './modernbert-config.ts';
import { type RotaryTables, rotaryTables, rotate } from './rotary.ts';

/** What the layers of one kind, local or global, have in common. */
interface LayerKind {
  readonly tables: RotaryTables;
  readonly window?: Value | undefined;
}

/**
 * ModernBertForSequenceClassification (Warner et al. 2024, https://arxiv.org/abs/2412.13663): rotary positions, most layers
 * with a local window, gated feed-forward, normalization before each block.
 */
export const modernbert: Architecture = (json, labels) => {
  const config = parseModernBertConfig(json);
  const { hidden_size: hidden, num_hidden_layers: count } = config;
  return {
    usesTokenTypes: false,
    packs: false,
    computesSizes: false,
    write(layers) {
      const { tokens } = layers;
      const kinds = writeKinds(layers, config, tokens);
      const words = layers.embed(
        'model.embeddings.tok_embeddings.weight',
        config.vocab_size,
        hidden,
        tokens.ids,
      );
      let state = norm(layers, words, 'model.embeddings.norm', config);
      for (let index = 0; index < count; index++) {
        const onlyFirstRow = index === count - 1 && config.classifier_pooling === 'cls';
        const kind = kinds[isLocal(config, index) ? 'local' : 'global'];
        state = writeLayer(layers, state, config, index, kind, onlyFirstRow);
      }
      const last = norm(layers, state, 'model.final_norm', config);
      const pooled = config.classifier_pooling === 'cls' ? last : writeMean(layers, last, tokens.mask);
      const dense = layers.preciseLinear(
        layers.toFloat32(pooled),
        linear('head.dense', hidden, hidden, config.classifier_bias),
      );
      const activated = layers.activate(dense, config.classifier_activation);
      const head = norm(layers, layers.toHidden(activated), 'head.norm', config);
      return layers.preciseLinear(layers.toFloat32(head), linear('classifier', hidden, labels));
    },
  };
};

function writeKinds(
  layers: Layers,
  config: ModernBertConfig,
  tokens: TokenLayout,
): { local: LayerKind; global: LayerKind } {
  const width = config.hidden_size / config.num_attention_heads;
  const tables = (name: string, local: boolean) =>
    rotaryTables(layers, name, config.max_position_embeddings, width, ropeTheta(config, local));
  const reach = Math.floor(config.local_attention / 2);
  return {
    local: {
      tables: tables('local', true),
      window: layers.toHidden(localWindow(layers.graph, tokens, reach)),
    },
    global: { tables: tables('global', false) },
  };
}

function writeLayer(
  layers: Layers,
  x: Value,
  config: ModernBertConfig,
  index: number,
  { tables, window }: LayerKind,
  onlyFirstRow: boolean,
): Value {
  const { graph } = layers;
  const { hidden_size: hidden, intermediate_size: wide, num_attention_heads: heads } = config;
  const scope = `model.layers.${index}`;
  // The embeddings come normalized: the first layer has no norm of its own.
  const normed = index === 0 ? x : norm(layers, x, `${scope}.attn_norm`, config);
  const [queryLayer, ...others] = stacked(`${scope}.attn.Wqkv`, 3, hidden, hidden, config.attention_bias);
  if (queryLayer === undefined) throw new Error('unreachable');
  const [query, key, value] = onlyFirstRow
    ? [layers.linear(layers.firstRow(normed), queryLayer), ...layers.linears(normed, others)]
    : layers.linears(normed, [queryLayer, ...others]);
  if (query === undefined || key === undefined || value === undefined) throw new Error('unreachable');
  const attended = layers.attention({
    // Position 0 turns by no angle.
    query: onlyFirstRow ? query : rotate(layers, query, tables, heads),
    key: rotate(layers, key, tables, heads),
    value,
    heads,
    headWidth: hidden / heads,
    rows: onlyFirstRow ? 'first' : 'all',
    bias: window !== undefined && onlyFirstRow ? firstWindowRow(layers, window) : window,
  });
  const projected = layers.linear(
    attended,
    linear(`${scope}.attn.Wo`, hidden, hidden, config.attention_bias),
  );
  const middle = graph.node('Add', [projected, onlyFirstRow ? layers.firstRow(x) : x]);
  const gated = norm(layers, middle, `${scope}.mlp_norm`, config);
  const [input, gate] = layers.linears(gated, stacked(`${scope}.mlp.Wi`, 2, hidden, wide, config.mlp_bias));
  if (input === undefined || gate === undefined) throw new Error('unreachable');
  const product = graph.node('Mul', [layers.activate(input, config.hidden_activation), gate]);
  const narrow = layers.linear(product, linear(`${scope}.mlp.Wo`, wide, hidden, config.mlp_bias));
  return graph.node('Add', [narrow, middle]);
}

function norm(layers: Layers, x: Value, scope: string, config: ModernBertConfig): Value {
  return layers.norm(x, { scope, hidden: config.hidden_size, epsilon: config.norm_eps }, config.norm_bias);
}

/** [1, 1, sequence, sequence] → [1, 1, 1, sequence] */
function firstWindowRow({ graph }: Layers, window: Value): Value {
  return graph.node('Slice', [window, graph.integers(0), graph.integers(1), graph.integers(2)]);
}

/** The mean over the tokens that are not padding: [batch, sequence, hidden] → [batch, 1, hidden]. */
function writeMean(layers: Layers, x: Value, mask: Value): Value {
  const { graph } = layers;
  const weights = graph.node('Cast', [graph.node('Unsqueeze', [mask, graph.integers(1)])], {
    attributes: { to: { int: elementTypeCode.float32 } },
  });
  const count = graph.node('ReduceSum', [weights, graph.integers(2)], {
    attributes: { keepdims: { int: 1 } },
  });
  return layers.toHidden(graph.node('Div', [graph.node('MatMul', [weights, layers.toFloat32(x)]), count]));
}
