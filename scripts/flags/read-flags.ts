import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Kind } from './kinds.ts';
import { UsageError } from './usage-error.ts';

/** A flag of a script. */
export interface Flag<T> {
  readonly kind: Kind<T>;
  /** As it would be written. */
  readonly default?: string;
  /** A line for --help. */
  readonly help: string;
  /** It has no name before it: the first of these in the table is the first such argument. */
  readonly isOperand?: true;
}

/** By names, without the dashes. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type ValuesOf<F extends FlagTable> = {
  readonly [Name in keyof F]: F[Name] extends { readonly kind: Kind<infer T> } ? T : never;
};

/**
 * Reads a command line by the table of its flags.
 * @throws UsageError for what is not in the table, what is missing, and a value that is not of its kind.
 */
export function readFlags<F extends FlagTable>(flags: F, args: readonly string[]): ValuesOf<F> | 'help' {
  const { values, positionals } = parse(flags, args);
  if (values['help'] === true) return 'help';
  const operands = positionals.values();
  const read = Object.entries(flags).map(([name, flag]) => {
    const found = flag.isOperand === true ? operands.next().value : values[name];
    return [name, valueOf(nameOf(name, flag), flag, found)];
  });
  const left = operands.next().value;
  if (left !== undefined) throw new UsageError(`"${left}" is one argument too many`);
  return Object.fromEntries(read) as ValuesOf<F>;
}

/** As it is written on a command line. */
export function nameOf(name: string, { isOperand }: Flag<unknown>): string {
  return isOperand === true ? name.toUpperCase() : `--${name}`;
}

function parse(flags: FlagTable, args: readonly string[]) {
  const named = Object.entries(flags).filter(([, { isOperand }]) => isOperand !== true);
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    named.map(([name, { kind }]) => [name, { type: kind.isSwitch === true ? 'boolean' : 'string' }]),
  );
  options['help'] = { type: 'boolean', short: 'h' };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // What it goes on to explain is how a file is named that begins with a dash.
    const [what = ''] = (error as Error).message.split('. To specify a positional argument');
    throw new UsageError(what, { cause: error });
  }
}

/** @param name as it is written. @throws UsageError for a text that is not of the kind. */
export function valueAs<T>(name: string, kind: Kind<T>, text: string): T {
  const read = kind.parse(text);
  if (read !== undefined) return read.value;
  throw new UsageError(`${name} must be ${kind.expects}, not "${text}"`);
}

function valueOf<T>(name: string, { kind, default: instead }: Flag<T>, found: unknown): T {
  const written = found === true ? '' : ((found as string | undefined) ?? instead);
  if (written === undefined) {
    if (kind.absent !== undefined) return kind.absent.value;
    throw new UsageError(`${name} is missing: it must be ${kind.expects}`);
  }
  return valueAs(name, kind, written);
}
