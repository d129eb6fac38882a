import { parseArgs } from 'node:util';
import { given, namesOf, OptionsError, oneOf, wholeNumber } from '../flag-values.ts';
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
  device: { type: 'string', default: 'cpu', help: 'cuda or webgpu measures a card; --device cuda --help' },
  only: { type: 'string', default: scenarioNames.join(), help: 'scenarios, separated by commas' },
  contenders: { type: 'string', default: contenderNames.join(), help: 'contenders, separated by commas' },
  rounds: { type: 'string', default: '3', help: 'rounds in which the contenders take turns' },
  seconds: { type: 'string', default: '10', help: 'length of each measurement' },
  size: { type: 'string', default: 'base', help: 'XLM-RoBERTa: base, or tiny to try the bench itself' },
  'most-documents': { type: 'string', default: '10000', help: 'documents of the largest request' },
  python: { type: 'string', default: '', help: 'interpreter with bench/baselines/python/requirements.txt' },
  work: { type: 'string', default: '', help: 'directory to keep models in for the next run' },
  name: { type: 'string', default: '', help: 'of the files in bench/results; else the date' },
  json: { type: 'string', default: '', help: 'another file to write the results to' },
} as const;

/**
 * Reads the flags that follow `bench/serve.ts`.
 * @throws OptionsError for a flag, a scenario or a contender that does not exist, or a number that is none.
 */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  oneOf('device', values.device, ['cpu']);
  return {
    only: namesOf('only', values.only, scenarioNames),
    contenders: namesOf('contenders', values.contenders, contenderNames),
    rounds: wholeNumber('rounds', values.rounds),
    seconds: wholeNumber('seconds', values.seconds),
    size: oneOf('size', values.size, ['tiny', 'base']),
    mostDocuments: wholeNumber('most-documents', values['most-documents']),
    python: given(values.python),
    work: given(values.work),
    name: given(values.name),
    jsonFile: given(values.json),
  };
}

/** What --help prints. */
export function helpText(): string {
  const lines = Object.entries(flags).map(([name, { default: value, help }]) => {
    return `  --${name.padEnd(15)} ${help}${value === '' ? '' : ` (${value})`}`;
  });
  const about = scenarios.map(({ name, about: text }) => `  ${name.padEnd(12)} ${text}`);
  return `Usage: node bench/serve.ts [flags]

Starts each contender on the same weights and the same processors, one at a time and in turns, and measures what it does.
Prints a table of medians over the rounds, and writes bench/results/NAME.json and NAME.svg.

${lines.join('\n')}

Scenarios:
${about.join('\n')}

Only the first two are for every contender, the others for rerankd. Other RERANK_* variables reach rerankd, for example
RERANK_ENGINES=2. Needs Linux for CPU time and memory.
`;
}

function parse(args: readonly string[]) {
  const options = { ...flags, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n--help lists the flags.`, { cause: error });
  }
}
