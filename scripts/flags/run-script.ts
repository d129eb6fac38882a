import { helpText, type Manual } from './manual.ts';
import { type FlagTable, readFlags, type ValuesOf } from './read-flags.ts';
import { UsageError } from './usage-error.ts';

/** How a script reads its command line. */
export interface CommandLine<Options> {
  /** @throws UsageError */
  readonly read: (args: readonly string[]) => Options | 'help';
  readonly help: () => string;
}

export interface Script<Options> extends CommandLine<Options> {
  /** That of npm, such as bench:swap: what it says of errors begins with it. */
  readonly name: string;
  /** @returns the exit code; 0 where it says nothing. */
  readonly run: (options: Options, stop: AbortSignal) => Promise<number | void>;
  /** `run` ends by its signal, and nothing is left behind then. Without it, SIGINT and SIGTERM end the process at once. */
  readonly isStoppable?: true;
  /** What it says when it was stopped; else that it was. */
  readonly whenStopped?: string;
  /** What it says of an error; else the error's message. */
  readonly explain?: (error: unknown) => string;
}

const USAGE_EXIT_CODE = 2;

/** 128 + the number of the signal, as shells have it. */
const stopCodes = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof stopCodes;

/** The command line of a script that takes its flags as they are. */
export function commandLine<F extends FlagTable>(manual: Manual<F>): CommandLine<ValuesOf<F>> {
  return { read: (args) => readFlags(manual.flags, args), help: () => helpText(manual) };
}

/**
 * Runs a script by the command line of this process, and sets the exit code: 0 or what it says; 2 where the command line is wrong;
 * the `exitCode` of an error that has one; 130 or 143 when it was stopped; else 1. Never rejects.
 */
export async function runScript<Options>(script: Script<Options>): Promise<void> {
  const stop = new AbortController();
  if (script.isStoppable === true) {
    for (const signal of Object.keys(stopCodes)) process.once(signal, () => stop.abort(signal));
  }
  try {
    const options = script.read(process.argv.slice(2));
    if (options === 'help') process.stdout.write(script.help());
    else process.exitCode = (await script.run(options, stop.signal)) ?? 0;
  } catch (error) {
    const { said, exitCode } = judge(script, error, stop.signal);
    process.stderr.write(`${said}\n`);
    process.exitCode = exitCode;
  }
}

function judge<Options>(
  { name, whenStopped, explain = messageOf }: Script<Options>,
  error: unknown,
  stop: AbortSignal,
): { said: string; exitCode: number } {
  if (stop.aborted) {
    return { said: whenStopped ?? `${name}: stopped`, exitCode: stopCodes[stop.reason as StopSignal] };
  }
  if (error instanceof UsageError) {
    return { said: `${name}: ${error.message}\n--help lists the flags.`, exitCode: USAGE_EXIT_CODE };
  }
  const { exitCode } = (error ?? {}) as { exitCode?: unknown };
  return { said: `${name}: ${explain(error)}`, exitCode: typeof exitCode === 'number' ? exitCode : 1 };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
