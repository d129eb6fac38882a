import {
  anyText,
  filePath,
  given,
  listOf,
  namesOf,
  oneOf,
  orNone,
  wholeNumber,
} from '../../scripts/flags/kinds.ts';
import { helpText as helpTextOf } from '../../scripts/flags/manual.ts';
import { readFlags } from '../../scripts/flags/read-flags.ts';
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
  only: { kind: namesOf(partNames), default: partNames.join(), help: 'parts, separated by commas' },
  size: {
    kind: oneOf(journeySizes),
    default: 'large',
    help: `of the model that travels: ${journeySizes.join(', ')}`,
  },
  model: { kind: anyText, default: 'local://demo', help: 'the model that serves meanwhile' },
  rounds: { kind: wholeNumber(), default: '4', help: 'rounds of slices beside a download' },
  slice: { kind: wholeNumber(), default: '6', help: 'seconds of a slice' },
  load: {
    kind: wholeNumber(),
    default: '40',
    help: 'percent of the capacity that is asked for beside a download',
  },
  limits: {
    kind: listOf(wholeNumber(0)),
    default: '0,50',
    help: 'RERANK_MAX_DOWNLOAD_MBPS, one after the other; 0 for none',
  },
  rate: { kind: wholeNumber(), default: '10', help: 'requests/s while a model travels' },
  dtype: { kind: anyText, default: 'int8', help: 'what a model that travels is compiled to' },
  work: { kind: orNone(filePath), help: 'directory for models and servers; else a temporary one' },
  json: { kind: orNone(filePath), help: 'file to write all figures to' },
  keep: { kind: given, help: 'leave the checkpoint in the work directory for the next run' },
};

/**
 * Reads the flags that follow `bench/journey.ts`.
 * @throws UsageError for a flag or a part that does not exist or a number that is none.
 */
export function readOptions(args: readonly string[]): JourneyOptions | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { slice, limits, json, ...others } = values;
  return {
    ...others,
    sliceSeconds: slice,
    limits: limits.map((limit) => (limit === 0 ? undefined : limit)),
    jsonFile: json,
  };
}

/** What --help prints. */
export function helpText(): string {
  return helpTextOf({
    usage: 'npm run bench:journey -- [flags]',
    about: `A synthetic XLM-RoBERTa comes from a fake hub to a server that is asked meanwhile.

  download   does a download at full speed move the latency of /rerank? The load alone, the load beside a download, and the
             load while the hub sends the same bytes to nowhere, in turns
  travel     a model is fetched, verified, compiled and swapped in under load, and every answer is checked`,
    flags,
    more: 'RERANK_* variables reach the server, for example RERANK_ENGINES=2. With --size large it takes some 10 GB on the disk.',
  });
}

/** After so long something hangs. In milliseconds. */
export function timeLimitMs({ only, rounds, sliceSeconds, limits }: JourneyOptions): number {
  const download = limits.length * (300 + rounds * (60 + 3 * sliceSeconds));
  const seconds: Record<PartName, number> = { download, travel: 600 };
  return 1000 * only.reduce((sum, part) => sum + seconds[part], 120);
}
