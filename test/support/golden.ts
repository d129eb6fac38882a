import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RaggedTokens } from '../../src/engine/protocol.ts';

/** What Python's transformers says of a checkpoint: see scripts/golden/README.md. */
export interface Golden {
  readonly case: string;
  readonly optional: boolean;
  readonly logitSpread: number;
  readonly positiveLabel: number | null;
  readonly pairs: readonly GoldenPair[];
  readonly batch: { readonly pairs: readonly number[]; readonly logits: readonly (readonly number[])[] };
}

export interface GoldenPair {
  readonly name: string;
  readonly query: string;
  readonly document: string;
  readonly maxLength: number;
  readonly input_ids: readonly number[];
  readonly attention_mask: readonly number[];
  readonly token_type_ids?: readonly number[];
  readonly logits: readonly number[];
  readonly score?: number;
}

export const goldenRoot = fileURLToPath(new URL('../fixtures/golden', import.meta.url));

export const goldenCases = readdirSync(goldenRoot).toSorted();

export function goldenDirectory(name: string): string {
  return join(goldenRoot, name);
}

/** The config.json of a case. */
export function goldenConfig(name: string): unknown {
  return JSON.parse(readFileSync(join(goldenRoot, name, 'config.json'), 'utf8'));
}

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(join(goldenRoot, name, 'expected.json'), 'utf8')) as Golden;
}

/** What rerankd's graph gives for these outputs of the classifier: the logit whose sigmoid is the score. */
export function expectedLogit({ positiveLabel }: Golden, logits: readonly number[]): number {
  if (positiveLabel === null) return logits[0] as number;
  const others = logits.filter((_, label) => label !== positiveLabel);
  return (logits[positiveLabel] as number) - Math.log(others.reduce((sum, z) => sum + Math.exp(z), 0));
}

/** All pairs in one batch, as they came from transformers' tokenizer. */
export function tokensOf(pairs: readonly GoldenPair[]): RaggedTokens {
  return {
    lengths: Uint32Array.from(pairs, ({ input_ids }) => input_ids.length),
    ids: Int32Array.from(pairs.flatMap(({ input_ids }) => input_ids)),
    typeIds: Uint8Array.from(
      pairs.flatMap(({ input_ids, token_type_ids }) => token_type_ids ?? input_ids.map(() => 0)),
    ),
  };
}
