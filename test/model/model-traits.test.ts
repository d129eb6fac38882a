import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTokenLimit } from '../../src/model/model-traits.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

async function limitOf(config: unknown, tokenizerConfig?: unknown): Promise<number> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
  if (tokenizerConfig)
    await writeFile(join(directory, 'tokenizer_config.json'), JSON.stringify(tokenizerConfig));
  return await readTokenLimit(directory);
}

it('takes the positions of a RoBERTa model that padding does not use up', async () => {
  expect(await limitOf({ model_type: 'xlm-roberta', max_position_embeddings: 514, pad_token_id: 1 })).toBe(
    512,
  );
  expect(await limitOf({ model_type: 'xlm-roberta', max_position_embeddings: 8194, pad_token_id: 1 })).toBe(
    8192,
  );
});

it('takes all positions of a BERT model, or what its tokenizer was made for', async () => {
  expect(await limitOf({ model_type: 'bert', max_position_embeddings: 512, pad_token_id: 0 })).toBe(512);
  expect(await limitOf({ model_type: 'bert', max_position_embeddings: 512 }, { model_max_length: 256 })).toBe(
    256,
  );
});

it('knows no limit where the files name none', async () => {
  expect(await limitOf({}, { model_max_length: 1e30 })).toBe(1e30);
  expect(await limitOf({})).toBe(Number.POSITIVE_INFINITY);
});
