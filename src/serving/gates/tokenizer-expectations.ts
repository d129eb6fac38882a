import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The special tokens that config.json may give an id to. */
export const SPECIAL_KINDS = ['pad', 'bos', 'eos', 'cls', 'sep'] as const;

type SpecialKind = (typeof SPECIAL_KINDS)[number];

/** What a model's files say of the tokenizer that it was trained with. */
export interface TokenizerExpectations {
  /** Rows of the embedding table; undefined where config.json doesn't say. */
  readonly vocabSize: number | undefined;
  /** By config.json. */
  readonly ids: ReadonlyMap<SpecialKind, number>;
  /** By tokenizer_config.json, `unk` too. */
  readonly names: ReadonlyMap<SpecialKind | 'unk', string>;
  /** Ids of special tokens, by tokenizer_config.json. */
  readonly added: ReadonlyMap<string, number>;
}

/** Reads config.json and tokenizer_config.json. Whatever has another form than expected counts as not said. */
export async function readExpectations(directory: string): Promise<TokenizerExpectations> {
  const config = await readObject(join(directory, 'config.json'));
  const tokenizerConfig = await readObject(join(directory, 'tokenizer_config.json'));
  const { vocab_size: vocabSize } = config;
  const ids = new Map<SpecialKind, number>();
  const names = new Map<SpecialKind | 'unk', string>();
  for (const kind of SPECIAL_KINDS) {
    const id = config[`${kind}_token_id`];
    if (typeof id === 'number') ids.set(kind, id);
  }
  for (const kind of [...SPECIAL_KINDS, 'unk'] as const) {
    const name = contentOf(tokenizerConfig[`${kind}_token`]);
    if (name !== undefined) names.set(kind, name);
  }
  const added = addedTokens(tokenizerConfig['added_tokens_decoder']);
  return { vocabSize: typeof vocabSize === 'number' ? vocabSize : undefined, ids, names, added };
}

/** `{"0": {"content": "[PAD]", "special": true, …}, …}`, as transformers writes it. */
function addedTokens(decoder: unknown): Map<string, number> {
  const added = new Map<string, number>();
  if (typeof decoder !== 'object' || decoder === null) return added;
  for (const [id, token] of Object.entries(decoder)) {
    const content = contentOf(token);
    const isSpecial = (token as { special?: unknown } | null)?.special === true;
    if (content !== undefined && isSpecial) added.set(content, Number(id));
  }
  return added;
}

/** A token is written as text, or as an AddedToken with its text in `content`. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'object' && token !== null && 'content' in token ? token.content : token;
  return typeof content === 'string' ? content : undefined;
}

/** Both files were looked at when the model was staged, and the second one may be missing. */
async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const json: unknown = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  return typeof json === 'object' && json !== null ? { ...json } : {};
}
