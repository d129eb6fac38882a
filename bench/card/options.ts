import { parseArgs } from 'node:util';
import { given, namesOf, OptionsError, oneOf, wholeNumber } from '../flag-values.ts';

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
  device: { type: 'string', default: 'cuda', help: 'cuda or webgpu' },
  only: { type: 'string', default: cardParts.join(), help: 'parts, separated by commas' },
  sizes: { type: 'string', default: 'base,large', help: 'XLM-RoBERTa: base, large (v2-m3), tiny to try it' },
  rounds: { type: 'string', default: '5', help: 'rounds in which the contenders take turns' },
  seconds: { type: 'string', default: '5', help: 'length of each measurement' },
  connections: {
    type: 'string',
    default: '48',
    help: 'that keep the server busy, with 32 documents a request',
  },
  requests: { type: 'string', default: '200', help: 'of 100 documents, one at a time' },
  pairs: { type: 'string', default: '256', help: 'whose logits are compared with those of fp32 on the CPU' },
  python: { type: 'string', default: '', help: 'interpreter with PyTorch for CUDA and transformers' },
  work: { type: 'string', default: '', help: 'directory to keep models in for the next run' },
  json: { type: 'string', default: '', help: 'file to write all figures to' },
} as const;

/**
 * Reads the flags that follow `bench/serve.ts --device cuda|webgpu`.
 * @throws OptionsError for a flag, a part or a size that does not exist, or a number that is none.
 */
export function readCardOptions(args: readonly string[]): CardOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    device: oneOf('device', values.device, ['cuda', 'webgpu']),
    only: namesOf('only', values.only, cardParts),
    sizes: namesOf('sizes', values.sizes, cardSizes),
    rounds: wholeNumber('rounds', values.rounds),
    seconds: wholeNumber('seconds', values.seconds),
    connections: wholeNumber('connections', values.connections),
    requests: wholeNumber('requests', values.requests),
    pairs: wholeNumber('pairs', values.pairs),
    python: given(values.python),
    work: given(values.work),
    jsonFile: given(values.json),
    isDryRun: values['dry-run'] === true,
  };
}

/** What --help prints. */
export function cardHelpText(): string {
  const lines = Object.entries(flags).map(([name, { default: value, help }]) => {
    return `  --${name.padEnd(15)} ${help}${value === '' ? '' : ` (${value})`}`;
  });
  return `Usage: node bench/serve.ts --device cuda|webgpu [flags]

Measures rerankd on a card: its share of the card's own matrix products, the same work by PyTorch in turns with it, one
request alone, and how far its logits are from those of fp32 on the CPU.

${lines.join('\n')}
  --dry-run         go on with a card that computes nothing; the figures mean nothing then

Exit code 69 when there is no such card: nothing was measured, and nothing passed. Other RERANK_* variables reach rerankd.
`;
}

function parse(args: readonly string[]) {
  const options = {
    ...flags,
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n--device cuda --help lists the flags.`, {
      cause: error,
    });
  }
}
