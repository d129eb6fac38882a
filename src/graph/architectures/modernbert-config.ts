import { z } from 'zod';
import { activationSchema } from '../layers/activation.ts';
import { count, epsilon, parseConfig } from './parse-config.ts';

const rope = z.looseObject({
  rope_type: z.literal('default', { error: 'only "default" is supported' }).optional(),
  rope_theta: z.number().positive().optional(),
});

/** Fields of transformers' ModernBertConfig, in the spellings of version 4 and of version 5. */
const schema = z
  .looseObject({
    vocab_size: count,
    hidden_size: count,
    intermediate_size: count,
    num_hidden_layers: count.max(1024),
    num_attention_heads: count.max(1024),
    hidden_activation: activationSchema.default('gelu'),
    max_position_embeddings: count.default(8192),
    norm_eps: epsilon.default(1e-5),
    norm_bias: z.boolean().default(false),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    local_attention: count.default(128),
    global_attn_every_n_layers: count.default(3),
    layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
    global_rope_theta: z.number().positive().default(160_000),
    local_rope_theta: z.number().positive().nullish(),
    rope_parameters: z
      .looseObject({ full_attention: rope.nullish(), sliding_attention: rope.nullish() })
      .nullish(),
    rope_scaling: z.null({ error: 'scaled rotary positions are not supported' }).optional(),
    classifier_pooling: z.enum(['cls', 'mean']).default('cls'),
    classifier_bias: z.boolean().default(false),
    classifier_activation: activationSchema.default('gelu'),
  })
  .refine(({ hidden_size, num_attention_heads }) => hidden_size % (2 * num_attention_heads) === 0, {
    error: 'hidden_size must be an even multiple of num_attention_heads',
  });

export type ModernBertConfig = z.output<typeof schema>;

/** Version 5's default for local layers; version 4 falls back to the global value only when the field is null. */
const DEFAULT_LOCAL_THETA = 10_000;

/** @throws InvalidCheckpoint that names the first field that is missing or wrong. */
export function parseModernBertConfig(json: unknown): ModernBertConfig {
  return parseConfig(schema, json);
}

/** Whether a layer sees only its neighbourhood. */
export function isLocal(config: ModernBertConfig, layer: number): boolean {
  const type = config.layer_types?.[layer];
  return type === undefined ? layer % config.global_attn_every_n_layers !== 0 : type === 'sliding_attention';
}

/** The base of the rotary frequencies in local or in global layers. */
export function ropeTheta(config: ModernBertConfig, local: boolean): number {
  const { rope_parameters, global_rope_theta, local_rope_theta } = config;
  const stated = local ? rope_parameters?.sliding_attention : rope_parameters?.full_attention;
  if (stated?.rope_theta !== undefined) return stated.rope_theta;
  if (!local) return global_rope_theta;
  return local_rope_theta === null ? global_rope_theta : (local_rope_theta ?? DEFAULT_LOCAL_THETA);
}
