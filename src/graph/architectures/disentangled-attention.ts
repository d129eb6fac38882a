import type { Layers } from '../layers/layers.ts';
import type { Value } from '../onnx/graph-builder.ts';
import { projectedTable } from '../weights/projected-table.ts';
import { type DebertaV2Config, maxRelativePositions, positionSpan, scoreTerms } from './deberta-v2-config.ts';
import { positionRows } from './relative-positions.ts';
import type { RelativeAttention } from './self-attention.ts';
import { facingTokens, type TokenDistances, tokenDistances } from './token-distances.ts';

/**
 * DeBERTa's attention (He et al. 2021, https://arxiv.org/abs/2006.03654): besides content to content, a score has the product
 * of the query with the key of the relative position (c2p), and of the key with that position's query (p2c).
 *
 * Both depend on the distance between the tokens alone, so there is one product for each of the 2n - 1 distances instead of
 * one gathered for each pair. The keys and queries of positions depend on weights alone: they are made at compile time.
 */
export class DisentangledAttention implements RelativeAttention {
  readonly scale: number;
  readonly #layers: Layers;
  readonly #config: DebertaV2Config;
  readonly #distances: TokenDistances;

  constructor(layers: Layers, config: DebertaV2Config) {
    this.#layers = layers;
    this.#config = config;
    this.scale = 1 / Math.sqrt((config.hidden_size / config.num_attention_heads) * scoreTerms(config));
    const rows = positionRows(
      config.max_position_embeddings - 1,
      config.position_buckets,
      maxRelativePositions(config),
      positionSpan(config),
    );
    this.#distances = tokenDistances(layers.graph, rows, layers.tokens.ids);
  }

  bias(query: Value, key: Value, layer: number, onlyFirstRow: boolean): Value {
    const kinds = new Set(this.#config.pos_att_type);
    const terms: Value[] = [];
    if (kinds.has('c2p')) terms.push(this.#contentToPosition(query, layer, onlyFirstRow));
    if (kinds.has('p2c')) terms.push(this.#positionToContent(key, layer, onlyFirstRow));
    const [first, second] = terms;
    if (first === undefined) throw new Error('relative attention has no position term');
    return second === undefined ? first : this.#layers.graph.node('Add', [first, second]);
  }

  /** query_i · positionKey(i - j) */
  #contentToPosition(query: Value, layer: number, onlyFirstRow: boolean): Value {
    const { graph } = this.#layers;
    const { fromFirst, descending } = this.#distances;
    const table = this.#table('key', layer);
    if (onlyFirstRow) return this.#products(query, graph.node('Gather', [table, fromFirst]));
    return facingTokens(
      graph,
      this.#products(query, graph.node('Gather', [table, descending])),
      this.#distances,
    );
  }

  /** key_j · positionQuery(i - j) */
  #positionToContent(key: Value, layer: number, onlyFirstRow: boolean): Value {
    const { graph } = this.#layers;
    const { fromFirst, ascending } = this.#distances;
    const table = this.#table('query', layer);
    if (onlyFirstRow) return this.#pairwise(key, graph.node('Gather', [table, fromFirst]));
    const products = this.#products(key, graph.node('Gather', [table, ascending]));
    return graph.node('Transpose', [facingTokens(graph, products, this.#distances)], {
      attributes: { perm: { ints: [0, 1, 3, 2] } },
    });
  }

  /** All products of rows [batch, n, hidden] with positions [m, hidden], head by head: [batch, heads, n, m]. */
  #products(rows: Value, positions: Value): Value {
    const { graph } = this.#layers;
    const { num_attention_heads: heads } = this.#config;
    const byHead = graph.node('Transpose', [graph.node('Reshape', [rows, graph.integers(0, 0, heads, -1)])], {
      attributes: { perm: { ints: [0, 2, 1, 3] } },
    });
    const columns = graph.node(
      'Transpose',
      [graph.node('Reshape', [positions, graph.integers(0, heads, -1)])],
      {
        attributes: { perm: { ints: [1, 2, 0] } },
      },
    );
    return graph.node('MatMul', [byHead, columns]);
  }

  /** The product of each row [batch, n, hidden] with its own position [n, hidden]: [batch, heads, 1, n]. */
  #pairwise(rows: Value, positions: Value): Value {
    const { graph } = this.#layers;
    const { num_attention_heads: heads } = this.#config;
    const byHead = graph.node('Reshape', [
      graph.node('Mul', [rows, positions]),
      graph.integers(0, 0, heads, -1),
    ]);
    const sums = graph.node('ReduceSum', [byHead, graph.integers(3)], {
      attributes: { keepdims: { int: 0 } },
    });
    const transposed = graph.node('Transpose', [sums], { attributes: { perm: { ints: [0, 2, 1] } } });
    return graph.node('Unsqueeze', [transposed, graph.integers(2)]);
  }

  /** The keys or queries of all relative positions, scaled as the scores are: float32 [2 × span, hidden]. */
  #table(kind: 'key' | 'query', layer: number): Value {
    const { graph, plan } = this.#layers;
    const { hidden_size: hidden, layer_norm_eps: epsilon, share_att_key, norm_rel_ebd } = this.#config;
    const attention = `deberta.encoder.layer.${layer}.attention.self`;
    const projection = `${attention}.${share_att_key ? kind : `pos_${kind}`}_proj`;
    const rows = 2 * positionSpan(this.#config);
    const isNormed = norm_rel_ebd
      .toLowerCase()
      .split('|')
      .some((part) => part.trim() === 'layer_norm');
    const vector = (name: string) => plan.find(`deberta.encoder.LayerNorm.${name}`, [hidden]);
    const recipe = projectedTable({
      table: plan.find('deberta.encoder.rel_embeddings.weight', [rows, hidden]),
      norm: isNormed ? { scale: vector('weight'), shift: vector('bias'), epsilon } : undefined,
      weight: plan.find(`${projection}.weight`, [hidden, hidden]),
      bias: plan.find(`${projection}.bias`, [hidden]),
      factor: this.scale,
    });
    const table = plan.write('float32', [rows, hidden], recipe);
    return this.#layers.toHidden(graph.initializer(`${attention}.position_${kind}`, table));
  }
}
