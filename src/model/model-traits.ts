import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const configSchema = z.looseObject({
  model_type: z.string().optional(),
  max_position_embeddings: z.int().positive().optional(),
  pad_token_id: z.int().nonnegative().nullish(),
});

/** transformers writes int(1e30) for "unlimited". */
const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().positive().optional() });

/** Families whose positions start at pad_token_id + 1 (transformers: create_position_ids_from_input_ids). */
const OFFSET_POSITIONS = new Set([
  'roberta',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'xmod',
  'ibert',
  'longformer',
]);

/**
 * The longest pair that a model takes, in tokens: what its config has positions for, and its tokenizer was made for.
 * @returns Infinity when neither says so.
 */
export async function readTokenLimit(directory: string): Promise<number> {
  const config = configSchema.parse(JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')));
  const tokenizerConfig = tokenizerConfigSchema.parse(
    await readOptionalJson(join(directory, 'tokenizer_config.json')),
  );
  const reserved = OFFSET_POSITIONS.has(config.model_type ?? '') ? (config.pad_token_id ?? 1) + 1 : 0;
  const positions = (config.max_position_embeddings ?? Number.POSITIVE_INFINITY) - reserved;
  return Math.min(positions, tokenizerConfig.model_max_length ?? Number.POSITIVE_INFINITY);
}

async function readOptionalJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  return JSON.parse(text);
}
