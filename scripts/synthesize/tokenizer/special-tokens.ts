/** A token that stands for no text. */
export interface SpecialToken {
  readonly id: number;
  readonly content: string;
  /** What it is used as: `cls_token` and the like. None for a token that is only reserved. */
  readonly roles: readonly string[];
  /** Takes the spaces to its left with it, as mask tokens do. */
  readonly lstrip?: boolean;
}

/** The entries of tokenizer.json's `added_tokens`. */
export function addedTokens(tokens: readonly SpecialToken[]): object[] {
  return tokens.map((token) => ({ id: token.id, ...traits(token), special: true }));
}

/** The contents of special_tokens_map.json. */
export function specialTokensMap(tokens: readonly SpecialToken[]): Record<string, string | object> {
  const entries = tokens.flatMap((token) =>
    token.roles.map((role) => [role, token.lstrip === true ? traits(token) : token.content] as const),
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What tokenizer_config.json says of special tokens. */
export function specialTokensConfig(tokens: readonly SpecialToken[]): object {
  return {
    added_tokens_decoder: Object.fromEntries(
      tokens.map((token) => [token.id, { ...traits(token), special: true }]),
    ),
    ...Object.fromEntries(tokens.flatMap((token) => token.roles.map((role) => [role, token.content]))),
  };
}

function traits({ content, lstrip = false }: SpecialToken): object {
  return { content, single_word: false, lstrip, rstrip: false, normalized: false };
}
