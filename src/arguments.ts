import { parseArgs } from 'node:util';
import { ConfigError, type SettingName, settings } from './config.ts';

export type Command =
  | { readonly name: 'serve'; readonly settings: Partial<Record<SettingName, string>> }
  | { readonly name: 'help'; readonly text: string };

const names = Object.keys(settings) as SettingName[];

/** RERANK_MODELS_DIR is `--rerank-models-dir`. */
function flagOf(name: SettingName): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * Understands `rerankd [serve] [--port 8000 …]`: every setting is a flag, and a flag wins over the environment.
 * @throws ConfigError for anything else.
 */
export function parseArguments(args: readonly string[]): Command {
  const options = Object.fromEntries(names.map((name) => [flagOf(name), { type: 'string' as const }]));
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args, options);
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nrerankd --help lists the flags.`, { cause: error });
  }
  const [command = 'serve', ...rest] = parsed.positionals;
  if (parsed.values.help === true || command === 'help') return { name: 'help', text: helpText() };
  if (command !== 'serve' || rest.length > 0) {
    throw new ConfigError(
      `"${parsed.positionals.join(' ')}" is not a command. There is: rerankd serve [flags]`,
    );
  }
  const given = names.flatMap((name) => {
    const value = (parsed.values as Readonly<Record<string, unknown>>)[flagOf(name)];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { name: 'serve', settings: Object.fromEntries(given) };
}

function parse(args: readonly string[], options: Record<string, { type: 'string' }>) {
  return parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
    strict: true,
  });
}

function helpText(): string {
  const flags = names.map((name) => {
    const defaultValue = settings[name].safeParse(undefined).data;
    return `  --${flagOf(name).padEnd(28)} ${name}${defaultValue === undefined ? '' : ` (default ${String(defaultValue)})`}`;
  });
  return `Usage: rerankd [serve] [flags]\n\nEvery flag is also an environment variable:\n${flags.join('\n')}\n`;
}
