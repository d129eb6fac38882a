import { parseArgs } from 'node:util';
import { type ExperimentName, experimentNames } from './experiment-names.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** For all experiments together. */
  readonly minutes: number;
  readonly only: readonly ExperimentName[];
  readonly swaps: number;
  /** Points of an update at which the server is killed, at most. */
  readonly kills: number;
  readonly connections: number;
  readonly jsonFile: string | undefined;
}

/** The command line can't be used; the message says why. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const flags = {
  seed: { type: 'string', default: '1', help: 'same seed, same run, as far as the machine lets it' },
  minutes: { type: 'string', default: '60', help: 'time for everything; what has begun is finished' },
  only: { type: 'string', default: experimentNames.join(','), help: 'the experiments to run' },
  swaps: { type: 'string', default: '1000', help: 'swaps under load' },
  kills: { type: 'string', default: '120', help: 'kills of the server between two steps of an update' },
  connections: { type: 'string', default: '6', help: 'keep-alive connections of the load' },
  json: { type: 'string', default: '', help: 'file to write the findings to' },
} as const;

/**
 * Reads the flags that follow `scripts/chaos.ts`.
 * @throws OptionsError for a flag, a number or an experiment that does not exist.
 */
export function readOptions(args: readonly string[]): ChaosOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    seed: wholeNumber('seed', values.seed, 0),
    minutes: wholeNumber('minutes', values.minutes, 1),
    only: namesIn(values.only),
    swaps: wholeNumber('swaps', values.swaps, 1),
    kills: wholeNumber('kills', values.kills, 1),
    connections: wholeNumber('connections', values.connections, 1),
    jsonFile: values.json === '' ? undefined : values.json,
  };
}

/** What --help prints. */
export function helpText(): string {
  const lines = Object.entries(flags).map(
    ([name, { default: value, help }]) =>
      `  --${name.padEnd(12)} ${help}${value === '' ? '' : ` (${value})`}`,
  );
  return `Usage: npm run chaos -- [flags]

Starts servers of its own, does bad things to them while requests come, and checks every answer. Exit code 1 when
something fell short.

${lines.join('\n')}
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

function namesIn(list: string): ExperimentName[] {
  return list.split(',').map((given) => {
    const name = experimentNames.find((known) => known === given.trim());
    if (name !== undefined) return name;
    throw new OptionsError(`--only ${given} is unknown: it is one of ${experimentNames.join(', ')}`);
  });
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new OptionsError(`--${name} must be a whole number from ${least}, not "${text}"`);
}
