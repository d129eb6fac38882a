import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ServiceError } from '../errors.ts';

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

/** A pair needs its special tokens and a word or two on either side. */
const FEWEST_TOKENS = 16;

/**
 * The longest pair that a model takes, in tokens: what its config has positions for, and its tokenizer was made for.
 * @returns Infinity when neither says so.
 * @throws ServiceError invalid_model that names the file and the field.
 */
export async function readTokenLimit(directory: string): Promise<number> {
  const config = await readJson(directory, 'config.json', configSchema);
  const tokenizerConfig = await readJson(directory, 'tokenizer_config.json', tokenizerConfigSchema);
  const reserved = OFFSET_POSITIONS.has(config.model_type ?? '') ? (config.pad_token_id ?? 1) + 1 : 0;
  const positions = (config.max_position_embeddings ?? Number.POSITIVE_INFINITY) - reserved;
  const limit = Math.min(positions, tokenizerConfig.model_max_length ?? Number.POSITIVE_INFINITY);
  if (limit >= FEWEST_TOKENS) return Math.floor(limit);
  throw new ServiceError(
    'invalid_model',
    `by its config.json the model takes ${limit} tokens: too few for a pair`,
    {
      detail: 'See max_position_embeddings in config.json and model_max_length in tokenizer_config.json.',
    },
  );
}

/** A file that is not there counts as an empty one: what must be there was looked for before. */
async function readJson<S extends z.ZodType>(
  directory: string,
  name: string,
  schema: S,
): Promise<z.output<S>> {
  const text = await readFile(join(directory, name), 'utf8').catch(() => '{}');
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ServiceError('invalid_model', `${[name, ...(issue?.path ?? [])].join(': ')}: ${issue?.message}`);
}
