import { parseArgs } from 'node:util';

export interface SwapOptions {
  /** The two models to swap between; the server starts with the first. */
  readonly models: readonly [string, string];
  readonly device: string;
  readonly swaps: number;
  /** Engines to kill in a phase of its own. */
  readonly killEngines: number;
  /** Length of the phases before and after the swaps. */
  readonly calmSeconds: number;
  readonly connections: number;
  /** Requests a second over all connections; 0 means closed loop: the next request follows the answer. */
  readonly ratePerSecond: number;
  readonly jsonFile: string | undefined;
}

/** The command line can't be used; the message says why. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const flags = {
  swaps: { type: 'string', default: '200', help: 'swaps in the phase "during"' },
  'kill-engines': {
    type: 'string',
    default: '0',
    help: 'engines to kill at full load, one by one, at the end',
  },
  calm: { type: 'string', default: '15', help: 'seconds of load before and after the swaps' },
  connections: { type: 'string', default: '32', help: 'keep-alive connections' },
  rate: { type: 'string', default: '0', help: 'requests/s over all connections; 0: as fast as answers come' },
  model: { type: 'string', default: 'local://demo', help: 'the model to begin with' },
  next: { type: 'string', default: 'local://demo-next', help: 'the model to swap with' },
  device: { type: 'string', default: 'cpu', help: 'RERANK_DEVICE of the server' },
  json: { type: 'string', default: '', help: 'file to write all figures to' },
} as const;

/**
 * Reads the flags that follow `bench/swap.ts`.
 * @throws OptionsError for a flag that does not exist or a number that is none.
 */
export function readOptions(args: readonly string[]): SwapOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  if (values.model === values.next) throw new OptionsError('--model and --next must be two models');
  return {
    models: [values.model, values.next],
    device: values.device,
    swaps: wholeNumber('swaps', values.swaps, 1),
    killEngines: wholeNumber('kill-engines', values['kill-engines'], 0),
    calmSeconds: wholeNumber('calm', values.calm, 1),
    connections: wholeNumber('connections', values.connections, 1),
    ratePerSecond: wholeNumber('rate', values.rate, 0),
    jsonFile: values.json === '' ? undefined : values.json,
  };
}

/** What --help prints. */
export function helpText(): string {
  const lines = Object.entries(flags).map(([name, { default: value, help }]) => {
    return `  --${name.padEnd(14)} ${help}${value === '' ? '' : ` (${value})`}`;
  });
  return `Usage: node bench/swap.ts [flags]

Starts a server of its own, drives POST /rerank and swaps the model back and forth meanwhile. Every answer is
compared with what the model that it names is known to answer. Exit code 1 when one answer fails or is wrong;
missed timing targets are reported, but don't fail the run.

${lines.join('\n')}

RERANK_* variables reach the server, for example RERANK_ENGINES=2. Without --rate the load takes every
processor there is, and latencies are mostly waiting time; with it they show the server.
`;
}

/** After so long something hangs: generous for any swap that still makes sense to measure. In milliseconds. */
export function timeLimitMs({ swaps, killEngines, calmSeconds }: SwapOptions): number {
  return 1000 * (180 + 2 * calmSeconds + 10 * swaps + 30 * killEngines);
}

function parse(args: readonly string[]) {
  const options = { ...flags, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n--help lists the flags.`, { cause: error });
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new OptionsError(`--${name} must be a whole number from ${least}, not "${text}"`);
}
