import { anyText, filePath, namesOf, oneOf, orNone, wholeNumber } from '../../scripts/flags/kinds.ts';
import { helpText as helpTextOf } from '../../scripts/flags/manual.ts';
import { readFlags } from '../../scripts/flags/read-flags.ts';
import { type ContenderName, contenderNames } from './contenders/contender.ts';
import { scenarios } from './scenarios/registry.ts';
import type { BenchSize } from './workload/checkpoint.ts';

export interface BenchOptions {
  /** Names of scenarios. */
  readonly only: readonly string[];
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  /** Length of each measurement. */
  readonly seconds: number;
  readonly size: BenchSize;
  /** Documents of the largest request. */
  readonly mostDocuments: number;
  /** The Python interpreter for the baselines that need one. */
  readonly python: string | undefined;
  /** Where models and what is compiled of them are kept for the next run; else a temporary directory. */
  readonly work: string | undefined;
  /** Name of the results in bench/results, without extension; else the date. */
  readonly name: string | undefined;
  /** Another file to write the results to. */
  readonly jsonFile: string | undefined;
}

const scenarioNames = scenarios.map(({ name }) => name);

const flags = {
  device: {
    kind: oneOf(['cpu']),
    default: 'cpu',
    help: 'cuda or webgpu measures a card; --device cuda --help',
  },
  only: {
    kind: namesOf(scenarioNames),
    default: scenarioNames.join(),
    help: 'scenarios, separated by commas',
  },
  contenders: {
    kind: namesOf(contenderNames),
    default: contenderNames.join(),
    help: 'contenders, separated by commas',
  },
  rounds: { kind: wholeNumber(), default: '3', help: 'rounds in which the contenders take turns' },
  seconds: { kind: wholeNumber(), default: '10', help: 'length of each measurement' },
  size: {
    kind: oneOf<BenchSize>(['tiny', 'base']),
    default: 'base',
    help: 'XLM-RoBERTa: base, or tiny to try the bench itself',
  },
  'most-documents': { kind: wholeNumber(), default: '10000', help: 'documents of the largest request' },
  python: { kind: orNone(filePath), help: 'interpreter with bench/baselines/python/requirements.txt' },
  work: { kind: orNone(filePath), help: 'directory to keep models in for the next run' },
  name: { kind: orNone(anyText), help: 'of the files in bench/results; else the date' },
  json: { kind: orNone(filePath), help: 'another file to write the results to' },
};

/**
 * Reads the flags that follow `bench/serve.ts`.
 * @throws UsageError for a flag, a scenario or a contender that does not exist, or a number that is none.
 */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { device: _, 'most-documents': mostDocuments, json, ...others } = values;
  return { ...others, mostDocuments, jsonFile: json };
}

/** What --help prints. */
export function helpText(): string {
  const about = scenarios.map((scenario) => `  ${scenario.name.padEnd(12)} ${scenario.about}`);
  return helpTextOf({
    usage: 'npm run bench -- [flags]',
    about: `Starts each contender on the same weights and the same processors, one at a time and in turns, and measures what it does.
Prints a table of medians over the rounds, and writes bench/results/NAME.json and NAME.svg.`,
    flags,
    more: `Scenarios:
${about.join('\n')}

Only the first two are for every contender, the others for rerankd. Other RERANK_* variables reach rerankd, for example
RERANK_ENGINES=2. Needs Linux for CPU time and memory.`,
  });
}
