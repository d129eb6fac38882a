import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { type CommandLine, type Given, usageOf } from './command-line.ts';
import { commands } from './commands.ts';
import { explainFlags, type GivenFlags, keyOfFlag } from './flags.ts';
import { flagsOfSetting, type GivenSettings, settingNames, settingsIn } from './setting-flags.ts';

export interface ParsedCommand extends Given {
  readonly command: CommandLine;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Understands `rerankd [COMMAND] … [--port 8000 …]`: every setting is a flag, and a flag wins over the environment. Without a
 * command it is `serve`; with `--help` it is `help` for that command.
 * @throws ConfigError for anything else.
 */
export function parseArguments(args: readonly string[]): ParsedCommand {
  const { values, positionals } = parse(args);
  const words = positionals.length === 0 ? ['serve'] : positionals;
  if (values['help'] === true) return { ...named('help'), operands: positionals, flags: {}, settings: {} };
  const command = commands.find(({ name }) => startsWith(words, name.split(' ')));
  if (command === undefined) throw unknownCommand(words);
  const operands = words.slice(command.name.split(' ').length);
  const least = command.operands.filter(({ optional }) => optional !== true).length;
  if (operands.length < least) throw incomplete(command, operands.length);
  if (operands.length > command.operands.length) throw misused(words, command);
  refuseUnknownChoices(operands, command);
  refuseForeignFlags(command, values);
  return { command, operands, settings: givenSettings(command, values), flags: ownFlags(command, values) };
}

function named(wanted: string): { readonly command: CommandLine } {
  const command = commands.find(({ name }) => name === wanted);
  if (command === undefined) throw new Error(`there is no command ${wanted}`);
  return { command };
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, index) => words[index] === word);
}

function unknownCommand(words: readonly string[]): ConfigError {
  const [first] = words;
  const family = commands.filter(({ name }) => name.split(' ')[0] === first);
  const there = (family.length > 0 ? family : commands).map((command) => `rerankd ${usageOf(command)}`);
  return new ConfigError(
    `"${words.join(' ')}" is not a command. There is: ${there.join(', ')}\nrerankd --help says what they do.`,
  );
}

function incomplete(command: CommandLine, given: number): ConfigError {
  const missing = command.operands[given]?.name ?? '';
  return new ConfigError(
    `"rerankd ${command.name}" lacks its ${missing}: rerankd ${usageOf(command)}\nrerankd ${command.name} --help says more.`,
  );
}

function misused(words: readonly string[], command: CommandLine): ConfigError {
  return new ConfigError(
    `"${words.join(' ')}" is not a command. It is: rerankd ${usageOf(command)}\nrerankd ${command.name} --help says more.`,
  );
}

function refuseUnknownChoices(operands: readonly string[], command: CommandLine): void {
  for (const [place, given] of operands.entries()) {
    const { choices, name } = command.operands[place] ?? {};
    if (choices === undefined || choices.includes(given)) continue;
    throw new ConfigError(
      `"rerankd ${usageOf(command)}": ${name} is one of ${choices.join(', ')}, not "${given}"`,
    );
  }
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const ofSettings = settingNames.flatMap(flagsOfSetting).map((flag) => [flag, { type: 'string' }] as const);
  const ofCommands = commands.flatMap(({ flags }) =>
    explainFlags(flags).map(
      ({ flag, placeholder }) =>
        [flag, { type: placeholder === undefined ? 'boolean' : 'string' } as const] as const,
    ),
  );
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries([...ofCommands, ...ofSettings]),
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nrerankd --help lists the commands and their flags.`, {
      cause: error,
    });
  }
}

/** @throws ConfigError for what would have no effect. */
function givenSettings(command: CommandLine, values: Values): GivenSettings {
  const found = settingNames.flatMap((name) => {
    const value = flagsOfSetting(name)
      .map((flag) => values[flag])
      .find((given) => typeof given === 'string');
    return value === undefined || isOwnFlag(command, flagsOfSetting(name)) ? [] : [[name, value] as const];
  });
  const allowed = settingsIn(command.settings);
  const foreign = found.find(([name]) => !allowed.includes(name))?.[0];
  if (foreign === undefined) return Object.fromEntries(found);
  throw new ConfigError(
    `--${flagsOfSetting(foreign).at(-1)} is a setting of the server; "rerankd ${command.name}" can't change it`,
  );
}

/** `update --dtype` says it for one update; elsewhere the same flag is the setting RERANK_DTYPE. */
function isOwnFlag(command: CommandLine, flags: readonly string[]): boolean {
  return explainFlags(command.flags).some(({ flag }) => flags.includes(flag));
}

function ownFlags(command: CommandLine, values: Values): GivenFlags {
  const found = explainFlags(command.flags).flatMap(({ flag }) => {
    const value = values[flag] ?? values[`rerank-${flag}`];
    return value === undefined ? [] : [[keyOfFlag(flag), value] as const];
  });
  return Object.fromEntries(found);
}

function refuseForeignFlags(command: CommandLine, values: Values): void {
  const ofSettings = new Set(settingNames.flatMap(flagsOfSetting));
  const own = new Set(explainFlags(command.flags).map(({ flag }) => flag));
  const foreign = Object.keys(values).find((flag) => !ofSettings.has(flag) && !own.has(flag));
  if (foreign === undefined) return;
  const owners = commands.filter(({ flags }) => explainFlags(flags).some(({ flag }) => flag === foreign));
  const names = owners.map(({ name }) => `"rerankd ${name}"`).join(', ');
  throw new ConfigError(`--${foreign} is a flag of ${names}, not of "rerankd ${command.name}"`);
}
