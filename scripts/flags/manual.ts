import { type FlagTable, nameOf } from './read-flags.ts';

/** What a script says of itself. */
export interface Manual<F extends FlagTable = FlagTable> {
  /** How it is called: `npm run chaos -- [flags]`. */
  readonly usage: string;
  readonly about: string;
  readonly flags: F;
  /** What follows the flags. */
  readonly more?: string;
}

/** What --help prints. */
export function helpText({ usage, about, flags, more }: Manual): string {
  const names = Object.entries(flags).map(([name, flag]) => nameOf(name, flag));
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.values(flags).map(({ help, default: value }, index) => {
    const instead = value === undefined || value === '' ? '' : ` (${value})`;
    return `  ${names[index]?.padEnd(width)}   ${help}${instead}`;
  });
  return `${[`Usage: ${usage}`, about, lines.join('\n'), more].filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}
