import { explain, settings } from '../../config/settings.ts';
import { choicesOf } from '../choices.ts';
import type { CommandLine } from '../command-line.ts';
import { type Completes, explainFlags } from '../flags.ts';
import { completesSetting, flagsOfSetting, settingsIn } from '../setting-flags.ts';

/** What a shell may offer in a place: words, files or folders, or nothing. */
export interface Offer {
  readonly choices: readonly string[];
  readonly completes: Completes | undefined;
}

interface CompletedFlag extends Offer {
  /** With its dashes. */
  readonly flag: string;
  readonly takesValue: boolean;
  readonly description: string;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly Offer[];
  readonly flags: readonly CompletedFlag[];
}

/** What shells need to know of the commands: the same tables from which arguments are read and `--help` is written. */
export function completionTables(commands: readonly CommandLine[]): readonly CompletedCommand[] {
  const topics = ['settings', ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
  return commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    operands: command.operands.map(({ choices = [], completes }, place) => ({
      choices: command.name === 'help' && place === 0 ? topics : choices,
      completes,
    })),
    flags: flagsFor(command),
  }));
}

function flagsFor(command: CommandLine): CompletedFlag[] {
  const own = explainFlags(command.flags).map(
    ({ flag, schema, placeholder, completes, description }): CompletedFlag => ({
      flag: `--${flag}`,
      takesValue: placeholder !== undefined,
      choices: choicesOf(schema),
      completes,
      description,
    }),
  );
  const taken = new Set(own.map(({ flag }) => flag));
  const ofSettings = settingsIn(command.settings).map(
    (name): CompletedFlag => ({
      flag: `--${flagsOfSetting(name).at(-1)}`,
      takesValue: true,
      choices: choicesOf(settings[name]),
      completes: completesSetting(name),
      description: explain(name).description,
    }),
  );
  const help = {
    flag: '--help',
    takesValue: false,
    choices: [],
    completes: undefined,
    description: 'explain it',
  };
  return [...own, ...ofSettings.filter(({ flag }) => !taken.has(flag)), help];
}

/** Every flag of any command that is followed by a value. */
export function valueFlags(tables: readonly CompletedCommand[]): readonly string[] {
  const flags = tables.flatMap((command) => command.flags.filter(({ takesValue }) => takesValue));
  return [...new Set(flags.map(({ flag }) => flag))];
}

/** The first words of commands of two, and their second words: `cache` is followed by `ls`, `prune` … */
export function families(
  tables: readonly CompletedCommand[],
): ReadonlyMap<string, readonly CompletedCommand[]> {
  const found = new Map<string, CompletedCommand[]>();
  for (const command of tables) {
    const [first = '', second] = command.name.split(' ');
    if (second !== undefined) found.set(first, [...(found.get(first) ?? []), command]);
  }
  return found;
}

/** What the first word may be, with what it does. */
export function firstWords(
  tables: readonly CompletedCommand[],
): readonly (readonly [word: string, summary: string])[] {
  const two = families(tables);
  const one = tables
    .filter(({ name }) => !name.includes(' '))
    .map(({ name, summary }) => [name, summary] as const);
  const ofFamilies = [...two].map(
    ([first, members]) => [first, members.map(({ name }) => name.split(' ')[1]).join(', ')] as const,
  );
  return [...one, ...ofFamilies];
}
