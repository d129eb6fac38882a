import { parseArgs } from 'node:util';
import { given, namesOf, OptionsError, oneOf, wholeNumber } from '../flag-values.ts';
import { type JourneySize, journeySizes } from './checkpoint.ts';

const partNames = ['download', 'travel'] as const;

type PartName = (typeof partNames)[number];

export interface JourneyOptions {
  readonly only: readonly PartName[];
  readonly size: JourneySize;
  readonly model: string;
  readonly rounds: number;
  readonly sliceSeconds: number;
  /** Share of the capacity that the load beside a download takes, in percent. */
  readonly load: number;
  /** Limits of the download in megabytes a second; undefined for none. */
  readonly limits: readonly (number | undefined)[];
  /** Requests a second while a model travels. */
  readonly rate: number;
  readonly dtype: string;
  /** Where the checkpoint and all that is fetched lies; else a temporary directory. */
  readonly work: string | undefined;
  /** Leaves the checkpoint in the work directory. */
  readonly keep: boolean;
  readonly jsonFile: string | undefined;
}

const flags = {
  only: { type: 'string', default: partNames.join(), help: 'parts, separated by commas' },
  size: { type: 'string', default: 'large', help: `of the model that travels: ${journeySizes.join(', ')}` },
  model: { type: 'string', default: 'local://demo', help: 'the model that serves meanwhile' },
  rounds: { type: 'string', default: '4', help: 'rounds of slices beside a download' },
  slice: { type: 'string', default: '6', help: 'seconds of a slice' },
  load: {
    type: 'string',
    default: '40',
    help: 'percent of the capacity that is asked for beside a download',
  },
  limits: {
    type: 'string',
    default: '0,50',
    help: 'RERANK_MAX_DOWNLOAD_MBPS, one after the other; 0 for none',
  },
  rate: { type: 'string', default: '10', help: 'requests/s while a model travels' },
  dtype: { type: 'string', default: 'int8', help: 'what a model that travels is compiled to' },
  work: { type: 'string', default: '', help: 'directory for models and servers; else a temporary one' },
  json: { type: 'string', default: '', help: 'file to write all figures to' },
} as const;

/**
 * Reads the flags that follow `bench/journey.ts`.
 * @throws OptionsError for a flag or a part that does not exist or a number that is none.
 */
export function readOptions(args: readonly string[]): JourneyOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    only: namesOf('only', values.only, partNames),
    size: oneOf('size', values.size, journeySizes),
    model: values.model,
    rounds: wholeNumber('rounds', values.rounds, 1),
    sliceSeconds: wholeNumber('slice', values.slice, 1),
    load: wholeNumber('load', values.load, 1),
    limits: values.limits.split(',').map((text) => wholeNumber('limits', text, 0) || undefined),
    rate: wholeNumber('rate', values.rate, 1),
    dtype: values.dtype,
    work: given(values.work),
    keep: values.keep,
    jsonFile: given(values.json),
  };
}

/** What --help prints. */
export function helpText(): string {
  const lines = Object.entries(flags).map(([name, { default: value, help }]) => {
    return `  --${name.padEnd(8)} ${help}${value === '' ? '' : ` (${value})`}`;
  });
  return `Usage: node bench/journey.ts [flags]

A synthetic XLM-RoBERTa comes from a fake hub to a server that is asked meanwhile.

  download   does a download at full speed move the latency of /rerank? The load alone, the load beside a download, and the
             load while the hub sends the same bytes to nowhere, in turns
  travel     a model is fetched, verified, compiled and swapped in under load, and every answer is checked

${lines.join('\n')}
  --keep     leave the checkpoint in the work directory for the next run

RERANK_* variables reach the server, for example RERANK_ENGINES=2. With --size large it takes some 10 GB on the disk.
`;
}

/** After so long something hangs. In milliseconds. */
export function timeLimitMs({ only, rounds, sliceSeconds, limits }: JourneyOptions): number {
  const download = limits.length * (300 + rounds * (60 + 3 * sliceSeconds));
  const seconds: Record<PartName, number> = { download, travel: 600 };
  return 1000 * only.reduce((sum, part) => sum + seconds[part], 120);
}

function parse(args: readonly string[]) {
  const options = {
    ...flags,
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n--help lists the flags.`, { cause: error });
  }
}
