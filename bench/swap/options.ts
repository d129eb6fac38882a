import { anyText, filePath, given, oneOf, orNone, wholeNumber } from '../../scripts/flags/kinds.ts';
import { helpText as helpTextOf } from '../../scripts/flags/manual.ts';
import { readFlags } from '../../scripts/flags/read-flags.ts';
import { UsageError } from '../../scripts/flags/usage-error.ts';

export interface SwapOptions {
  /** The two models to swap between; the server starts with the first. */
  readonly models: readonly [string, string];
  /** RERANK_DEVICE of the server. */
  readonly device: SwapDevice;
  /** How the models take turns: what the server chooses, one beside the other, one after the other. */
  readonly mode: SwapMode;
  /** Shape of two checkpoints that are synthesized and swapped, instead of the models named. */
  readonly size: SwapSize | undefined;
  /** Where they are kept for the next run; else a temporary directory. */
  readonly work: string | undefined;
  /** Goes on with a card that computes nothing: to try the bench. */
  readonly isDryRun: boolean;
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

const devices = ['cpu', 'cuda', 'webgpu'] as const;

type SwapDevice = (typeof devices)[number];

const modes = ['auto', 'beside', 'hold'] as const;

export type SwapMode = (typeof modes)[number];

const sizes = ['tiny', 'base', 'large'] as const;

type SwapSize = (typeof sizes)[number];

const flags = {
  swaps: { kind: wholeNumber(), default: '200', help: 'swaps in the phase "during"' },
  'kill-engines': {
    kind: wholeNumber(0),
    default: '0',
    help: 'engines to kill at full load, one by one, at the end',
  },
  calm: { kind: wholeNumber(), default: '15', help: 'seconds of load before and after the swaps' },
  connections: { kind: wholeNumber(), default: '32', help: 'keep-alive connections' },
  rate: {
    kind: wholeNumber(0),
    default: '0',
    help: 'requests/s over all connections; 0: as fast as answers come',
  },
  model: { kind: anyText, default: 'local://demo', help: 'the model to begin with' },
  next: { kind: anyText, default: 'local://demo-next', help: 'the model to swap with' },
  device: { kind: oneOf(devices), default: 'cpu', help: 'RERANK_DEVICE of the server: cpu, cuda, webgpu' },
  mode: { kind: oneOf(modes), default: 'auto', help: 'of the swaps: auto, beside or hold' },
  size: {
    kind: orNone(oneOf(sizes)),
    help: 'swap two synthesized XLM-RoBERTa models instead: tiny, base, large',
  },
  work: {
    kind: orNone(filePath),
    help: 'directory to keep those, and what is compiled of them, for the next run',
  },
  json: { kind: orNone(filePath), help: 'file to write all figures to' },
  'dry-run': { kind: given, help: 'go on with a card that computes nothing; its figures mean nothing' },
};

/**
 * Reads the flags that follow `bench/swap.ts`.
 * @throws UsageError for a flag that does not exist or a number that is none.
 */
export function readOptions(args: readonly string[]): SwapOptions | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { model, next, device, mode, size, work, swaps, connections } = values;
  if (model === next) throw new UsageError('--model and --next must be two models');
  return {
    models: [model, next],
    device,
    mode,
    size,
    work,
    isDryRun: values['dry-run'],
    swaps,
    killEngines: values['kill-engines'],
    calmSeconds: values.calm,
    connections,
    ratePerSecond: values.rate,
    jsonFile: values.json,
  };
}

/** What --help prints. */
export function helpText(): string {
  return helpTextOf({
    usage: 'npm run bench:swap -- [flags]',
    about: `Starts a server of its own, drives POST /rerank and swaps the model back and forth meanwhile. Every answer is
compared with what the model that it names is known to answer. Exit code 1 when one answer fails or is wrong;
missed timing targets are reported, but don't fail the run.`,
    flags,
    more: `With --device cuda or webgpu and no such card it ends with exit code 69: nothing was measured. RERANK_* variables reach the
server, for example RERANK_ENGINES=2. On a card, synthesized models are served in fp16, unless RERANK_DTYPE says
otherwise. Without --rate the load takes every processor there is, and latencies are mostly waiting time; with it they
show the server.`,
  });
}

/** After so long something hangs: generous for any swap that still makes sense to measure. In milliseconds. */
export function timeLimitMs({ swaps, killEngines, calmSeconds, size }: SwapOptions): number {
  return 1000 * ((size === undefined ? 180 : 600) + 2 * calmSeconds + 20 * swaps + 30 * killEngines);
}
