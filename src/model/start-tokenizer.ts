import { join } from 'node:path';
import { type ChildSettings, childOptions } from './child-options.ts';
import type { NamedModel } from './loadable-model.ts';
import { Tokenizer } from './tokenizer/tokenizer.ts';

export const TOKENIZER_FILE = 'tokenizer.json';

/** @throws ServiceError invalid_model when tokenizer.json can't be used. */
export function startTokenizer(
  model: NamedModel & { readonly generation: number },
  settings: ChildSettings,
  signal: AbortSignal,
): Promise<Tokenizer> {
  const options = {
    ...childOptions(settings),
    name: `model-${model.generation}.tokenizer`,
    tokenizerFile: join(model.directory, TOKENIZER_FILE),
  };
  return Tokenizer.start(options, signal);
}
