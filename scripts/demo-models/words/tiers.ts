/**
 * A language's words of little weight, each tier a whitespace-separated list: `function` words carry grammar,
 * `framing` words carry the question rather than its topic, `common` words name what most texts mention.
 */
export interface WordTiers {
  readonly function: string;
  readonly framing: string;
  readonly common: string;
}
