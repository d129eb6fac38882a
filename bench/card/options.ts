import { filePath, given, namesOf, oneOf, orNone, wholeNumber } from '../../scripts/flags/kinds.ts';
import { helpText } from '../../scripts/flags/manual.ts';
import { readFlags } from '../../scripts/flags/read-flags.ts';

const cardParts = ['prepare', 'matmul', 'throughput', 'single', 'agreement'] as const;

export type CardPart = (typeof cardParts)[number];

/** Shapes of XLM-RoBERTa: large is the one of bge-reranker-v2-m3; tiny is there to try the bench itself. */
export const cardSizes = ['tiny', 'base', 'large'] as const;

export type CardSize = (typeof cardSizes)[number];

export type Card = 'cuda' | 'webgpu';

export interface CardOptions {
  readonly device: Card;
  readonly only: readonly CardPart[];
  readonly sizes: readonly CardSize[];
  readonly rounds: number;
  /** Length of each measurement. */
  readonly seconds: number;
  readonly connections: number;
  /** Requests of the part "single". */
  readonly requests: number;
  /** Pairs of the part "agreement". */
  readonly pairs: number;
  /** The Python interpreter with PyTorch, for the baseline. */
  readonly python: string | undefined;
  /** Where models and what is compiled of them are kept for the next run; else a temporary directory. */
  readonly work: string | undefined;
  readonly jsonFile: string | undefined;
  /** Runs everything on a card that computes nothing: to try the bench. The results say so. */
  readonly isDryRun: boolean;
}

const flags = {
  device: { kind: oneOf<Card>(['cuda', 'webgpu']), default: 'cuda', help: 'cuda or webgpu' },
  only: { kind: namesOf(cardParts), default: cardParts.join(), help: 'parts, separated by commas' },
  sizes: {
    kind: namesOf(cardSizes),
    default: 'base,large',
    help: 'XLM-RoBERTa: base, large (v2-m3), tiny to try it',
  },
  rounds: { kind: wholeNumber(), default: '5', help: 'rounds in which the contenders take turns' },
  seconds: { kind: wholeNumber(), default: '5', help: 'length of each measurement' },
  connections: {
    kind: wholeNumber(),
    default: '48',
    help: 'that keep the server busy, with 32 documents a request',
  },
  requests: { kind: wholeNumber(), default: '200', help: 'of 100 documents, one at a time' },
  pairs: {
    kind: wholeNumber(),
    default: '256',
    help: 'whose logits are compared with those of fp32 on the CPU',
  },
  python: { kind: orNone(filePath), help: 'interpreter with PyTorch for CUDA and transformers' },
  work: { kind: orNone(filePath), help: 'directory to keep models in for the next run' },
  json: { kind: orNone(filePath), help: 'file to write all figures to' },
  'dry-run': { kind: given, help: 'go on with a card that computes nothing; the figures mean nothing then' },
};

/**
 * Reads the flags that follow `bench/serve.ts --device cuda|webgpu`.
 * @throws UsageError for a flag, a part or a size that does not exist, or a number that is none.
 */
export function readCardOptions(args: readonly string[]): CardOptions | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { json, 'dry-run': isDryRun, ...others } = values;
  return { ...others, jsonFile: json, isDryRun };
}

/** What --help prints. */
export function cardHelpText(): string {
  return helpText({
    usage: 'npm run bench -- --device cuda|webgpu [flags]',
    about: `Measures rerankd on a card: its share of the card's own matrix products, the same work by PyTorch in turns with it, one
request alone, and how far its logits are from those of fp32 on the CPU.`,
    flags,
    more: 'Exit code 69 when there is no such card: nothing was measured, and nothing passed. Other RERANK_* variables reach rerankd.',
  });
}
