import { z } from 'zod';
import { activationSchema } from '../layers/activation.ts';
import { count, epsilon } from './parse-config.ts';

/** Fields that BERT, RoBERTa and ELECTRA share, with the defaults of transformers' BertConfig. */
export const bertConfigSchema = z
  .looseObject({
    vocab_size: count,
    hidden_size: count,
    num_hidden_layers: count.max(1024),
    num_attention_heads: count.max(1024),
    intermediate_size: count,
    hidden_act: activationSchema.default('gelu'),
    max_position_embeddings: count,
    type_vocab_size: z.int().nonnegative().max(1024).default(2),
    layer_norm_eps: epsilon.default(1e-12),
    position_embedding_type: z.literal('absolute', { error: 'only "absolute" is supported' }).nullish(),
    pad_token_id: z.int().nonnegative().nullish(),
  })
  .refine(({ hidden_size, num_attention_heads }) => hidden_size % num_attention_heads === 0, {
    error: 'hidden_size must be a multiple of num_attention_heads',
  });

export type BertConfig = z.output<typeof bertConfigSchema>;
