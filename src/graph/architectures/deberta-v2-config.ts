import { z } from 'zod';
import { activationSchema } from '../layers/activation.ts';
import { count, epsilon, parseConfig } from './parse-config.ts';

/** How scores depend on where tokens stand: content to position, position to content. */
const positionKinds = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .toLowerCase()
          .split('|')
          .map((kind) => kind.trim())
      : value,
  z.array(z.enum(['c2p', 'p2c'])),
);

/** Fields of transformers' DebertaV2Config. */
const schema = z
  .looseObject({
    vocab_size: count,
    hidden_size: count,
    embedding_size: count.optional(),
    num_hidden_layers: count.max(1024),
    num_attention_heads: count.max(1024),
    attention_head_size: count.optional(),
    intermediate_size: count,
    hidden_act: activationSchema.default('gelu'),
    max_position_embeddings: count.max(2 ** 16),
    type_vocab_size: z.int().nonnegative().max(1024).default(0),
    layer_norm_eps: epsilon.default(1e-7),
    relative_attention: z.boolean().default(false),
    max_relative_positions: z.int().default(-1),
    position_buckets: z.int().default(-1),
    position_biased_input: z.boolean().default(true),
    pos_att_type: positionKinds.nullish(),
    share_att_key: z.boolean().default(false),
    norm_rel_ebd: z.string().default('none'),
    conv_kernel_size: z
      .int()
      .max(0, { error: 'models with a convolution layer are not supported' })
      .nullish(),
    pooler_hidden_act: activationSchema.default('gelu'),
    pooler_hidden_size: count.optional(),
  })
  .refine((config) => config.hidden_size === config.num_attention_heads * headWidth(config), {
    error: 'hidden_size must be num_attention_heads times the size of a head',
  });

export type DebertaV2Config = z.output<typeof schema>;

/** @throws InvalidCheckpoint that names the first field that is missing or wrong. */
export function parseDebertaV2Config(json: unknown): DebertaV2Config {
  return parseConfig(schema, json);
}

function headWidth(config: {
  hidden_size: number;
  num_attention_heads: number;
  attention_head_size?: number | undefined;
}): number {
  return config.attention_head_size ?? Math.floor(config.hidden_size / config.num_attention_heads);
}

/** The farthest distance between tokens that positions are told apart by. */
export function maxRelativePositions(config: DebertaV2Config): number {
  return config.max_relative_positions < 1 ? config.max_position_embeddings : config.max_relative_positions;
}

/** Rows of the table of relative positions on either side of zero. */
export function positionSpan(config: DebertaV2Config): number {
  return config.position_buckets > 0 ? config.position_buckets : maxRelativePositions(config);
}

/** The scores are sums of this many products; they are scaled down by its root, besides that of the head's width. */
export function scoreTerms(config: DebertaV2Config): number {
  return 1 + new Set(config.pos_att_type ?? []).size;
}
