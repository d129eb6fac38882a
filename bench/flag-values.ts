import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line can't be used; the message says why. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/**
 * The flags of a script that is begun by hand. `--help` prints its text, and a flag that does not exist what is wrong with it (exit
 * code 2): both end the process.
 * @param name such as bench:gpu
 */
export function scriptFlags<T extends NonNullable<ParseArgsConfig['options']>>(
  name: string,
  flags: T,
  help: string,
) {
  const options = { ...flags, help: { type: 'boolean', short: 'h' } } as const;
  const read = () => {
    try {
      return parseArgs({ options }).values;
    } catch (error) {
      process.stderr.write(`${name}: ${(error as Error).message}\n--help lists the flags.\n`);
      return process.exit(2);
    }
  };
  const values = read();
  if (!('help' in values)) return values;
  process.stdout.write(help);
  return process.exit(0);
}

/** @throws OptionsError for a name that is not known. */
export function oneOf<T extends string>(flag: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new OptionsError(`--${flag} has no "${text}"; there are ${known.join(', ')}`);
}

/** Names separated by commas, each once. @throws OptionsError for one that is not known. */
export function namesOf<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  return [...new Set(text.split(',').map((name) => oneOf(flag, name, known)))];
}

/** @throws OptionsError for what is no number, a broken or a smaller one. */
export function wholeNumber(flag: string, text: string, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new OptionsError(`--${flag} must be a whole number from ${least}, not "${text}"`);
}

/** What an empty flag stands for: none. */
export function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}
