import { parseArgs } from 'node:util';
import { type CommandName, commandFlags, type GivenFlags, keyOfFlag } from './command-flags.ts';
import { type SettingName, settings } from './config/settings.ts';
import { ConfigError } from './config.ts';
import { helpText } from './help.ts';

type Settings = Partial<Record<SettingName, string>>;

interface Given {
  readonly settings: Settings;
  /** The command's own flags. */
  readonly flags: GivenFlags;
}

/** What `rerankd cache` does, and how many things it does it with. */
const cacheActions = { ls: 0, prune: 0, pin: 1, unpin: 1 } as const;

export type CacheAction = keyof typeof cacheActions;

export type Command =
  | ({ readonly name: 'serve' } & Given)
  | ({ readonly name: 'compile'; readonly reference: string } & Given)
  | ({ readonly name: 'publish'; readonly directory: string } & Given)
  | ({ readonly name: 'fetch'; readonly reference: string } & Given)
  | ({ readonly name: 'cache'; readonly action: CacheAction; readonly item: string | undefined } & Given)
  | ({ readonly name: 'compare'; readonly reference: string; readonly candidate: string } & Given)
  | ({ readonly name: 'update'; readonly reference: string } & Given)
  | ({ readonly name: 'status' } & Given)
  | ({ readonly name: 'rollback'; readonly to: string | undefined } & Given)
  | { readonly name: 'help'; readonly text: string };

const settingNames = Object.keys(settings) as SettingName[];

/** What commands that talk to a running server take from the settings; the rest is the server's own. */
const CLIENT_SETTINGS = new Set<SettingName>(['HOST', 'PORT', 'RERANK_API_KEY', 'RERANK_ADMIN_KEY']);

const TALKS_TO_SERVER = new Set<CommandName>(['update', 'status', 'rollback']);

/** RERANK_MODELS_DIR is `--rerank-models-dir`, or `--models-dir` for short. */
function flagsOf(name: SettingName): string[] {
  const flag = name.toLowerCase().replaceAll('_', '-');
  const short = flag.replace(/^rerank-/, '');
  return short === flag ? [flag] : [flag, short];
}

/**
 * Understands `rerankd [serve|compile|fetch|publish|compare|update|status|rollback|cache] … [--port 8000 …]`: every setting is a flag, and a
 * flag wins over the environment.
 * @throws ConfigError for anything else.
 */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [command = 'serve', ...operands] = positionals;
  if (values['help'] === true || command === 'help') return { name: 'help', text: helpText(flagsOf) };
  const [first, second] = operands;
  if (command === 'serve' && operands.length === 0) return { name: command, ...given(command, values) };
  if (command === 'status' && operands.length === 0) return { name: command, ...given(command, values) };
  if ((command === 'compile' || command === 'fetch') && operands.length === 1)
    return { name: command, reference: first as string, ...given(command, values) };
  if (command === 'publish' && operands.length === 1)
    return { name: command, directory: first as string, ...given(command, values) };
  if (command === 'update' && operands.length === 1)
    return { name: command, reference: first as string, ...given(command, values) };
  if (command === 'rollback' && operands.length <= 1)
    return { name: command, to: first, ...given(command, values) };
  if (command === 'compare' && operands.length === 2) {
    const models = { reference: first as string, candidate: second as string };
    return { name: command, ...models, ...given(command, values) };
  }
  if (command === 'cache' && isCacheAction(first) && operands.length === 1 + cacheActions[first])
    return { name: command, action: first, item: second, ...given(command, values) };
  throw new ConfigError(
    `"${positionals.join(' ')}" is not a command. There is: rerankd serve, rerankd compile DIR, rerankd publish DIR, rerankd compare A B, rerankd fetch REF, rerankd update REF, rerankd status, rerankd rollback [TO], rerankd cache ls|prune|pin REF|unpin REF\nrerankd --help lists the flags.`,
  );
}

function isCacheAction(text: string | undefined): text is CacheAction {
  return text !== undefined && Object.hasOwn(cacheActions, text);
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const ofSettings = settingNames.flatMap(flagsOf).map((flag) => [flag, { type: 'string' }] as const);
  const ofCommands = Object.values(commandFlags).flatMap((flags) => Object.entries(flags));
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
    throw new ConfigError(`${(error as Error).message}\nrerankd --help lists the flags.`, { cause: error });
  }
}

/** Sorts what was given into the command's own flags and settings, and refuses what would have no effect. */
function given(command: CommandName, values: Values): Given {
  refuseForeignFlags(command, values);
  const ofSettings = settingNames.flatMap((name) => {
    const value = flagsOf(name)
      .map((flag) => values[flag])
      .find((found) => typeof found === 'string');
    return value === undefined || isOwnFlag(command, name) ? [] : [[name, value] as const];
  });
  const foreign = ofSettings.find(([name]) => !CLIENT_SETTINGS.has(name))?.[0];
  if (foreign !== undefined && TALKS_TO_SERVER.has(command)) {
    throw new ConfigError(
      `--${flagsOf(foreign).at(-1)} is a setting of the server; "rerankd ${command}" can't change it`,
    );
  }
  return { settings: Object.fromEntries(ofSettings), flags: ownFlags(command, values) };
}

/** `update --dtype` says it for one update; elsewhere the same flag is the setting RERANK_DTYPE. */
function isOwnFlag(command: CommandName, name: SettingName): boolean {
  return flagsOf(name).some((flag) => flag in commandFlags[command]);
}

function ownFlags(command: CommandName, values: Values): GivenFlags {
  const found = Object.keys(commandFlags[command]).flatMap((flag) => {
    const value = values[flag] ?? values[`rerank-${flag}`];
    return value === undefined ? [] : [[keyOfFlag(flag), value] as const];
  });
  return Object.fromEntries(found);
}

function refuseForeignFlags(command: CommandName, values: Values): void {
  const ofSettings = new Set(settingNames.flatMap(flagsOf));
  const foreign = Object.keys(values).find(
    (flag) => flag !== 'help' && !ofSettings.has(flag) && !(flag in commandFlags[command]),
  );
  if (foreign === undefined) return;
  const owners = Object.entries(commandFlags).filter(([, flags]) => foreign in flags);
  const names = owners.map(([name]) => `"rerankd ${name}"`).join(', ');
  throw new ConfigError(`--${foreign} is a flag of ${names}, not of "rerankd ${command}"`);
}
