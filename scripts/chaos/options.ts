import { filePath, namesOf, orNone, wholeNumber } from '../flags/kinds.ts';
import { helpText as helpTextOf } from '../flags/manual.ts';
import { readFlags } from '../flags/read-flags.ts';
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

const flags = {
  seed: { kind: wholeNumber(0), default: '1', help: 'same seed, same run, as far as the machine lets it' },
  minutes: { kind: wholeNumber(), default: '60', help: 'time for everything; what has begun is finished' },
  only: { kind: namesOf(experimentNames), default: experimentNames.join(), help: 'the experiments to run' },
  swaps: { kind: wholeNumber(), default: '1000', help: 'swaps under load' },
  kills: { kind: wholeNumber(), default: '120', help: 'kills of the server between two steps of an update' },
  connections: { kind: wholeNumber(), default: '6', help: 'keep-alive connections of the load' },
  json: { kind: orNone(filePath), help: 'file to write the findings to' },
};

/**
 * Reads the flags that follow `scripts/chaos.ts`.
 * @throws UsageError for a flag, a number or an experiment that does not exist.
 */
export function readOptions(args: readonly string[]): ChaosOptions | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { json, ...others } = values;
  return { ...others, jsonFile: json };
}

/** What --help prints. */
export function helpText(): string {
  return helpTextOf({
    usage: 'npm run chaos -- [flags]',
    about: `Starts servers of its own, does bad things to them while requests come, and checks every answer. Exit code 1 when
something fell short.`,
    flags,
  });
}
