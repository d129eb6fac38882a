import { parseArgs } from 'node:util';
import { ConfigError, type SettingName, settings } from './config.ts';
import { helpText } from './help.ts';

type Settings = Partial<Record<SettingName, string>>;

/** Flags of `compare` alone, as they were given. */
interface CompareFlags {
  readonly set?: string;
  readonly json?: boolean;
  readonly topK?: string;
  readonly threshold?: string;
  readonly referenceDtype?: string;
  readonly candidateDtype?: string;
}

export type Command =
  | { readonly name: 'serve'; readonly settings: Settings }
  | { readonly name: 'compile'; readonly settings: Settings; readonly reference: string }
  | {
      readonly name: 'compare';
      readonly settings: Settings;
      readonly reference: string;
      readonly candidate: string;
      readonly flags: CompareFlags;
    }
  | { readonly name: 'help'; readonly text: string };

const names = Object.keys(settings) as SettingName[];

const COMPARE_OPTIONS = {
  set: { type: 'string' },
  json: { type: 'boolean' },
  'top-k': { type: 'string' },
  threshold: { type: 'string' },
  'reference-dtype': { type: 'string' },
  'candidate-dtype': { type: 'string' },
} as const;

/** RERANK_MODELS_DIR is `--rerank-models-dir`, or `--models-dir` for short. */
function flagsOf(name: SettingName): string[] {
  const flag = name.toLowerCase().replaceAll('_', '-');
  const short = flag.replace(/^rerank-/, '');
  return short === flag ? [flag] : [flag, short];
}

/**
 * Understands `rerankd [serve|compile|compare] … [--port 8000 …]`: every setting is a flag, and a flag wins over the
 * environment.
 * @throws ConfigError for anything else.
 */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [command = 'serve', ...operands] = positionals;
  if (values['help'] === true || command === 'help') return { name: 'help', text: helpText(flagsOf) };
  const given = givenSettings(values);
  if (command === 'serve' && operands.length === 0) {
    refuseCompareFlags(values);
    return { name: 'serve', settings: given };
  }
  if (command === 'compile' && operands.length === 1) {
    refuseCompareFlags(values);
    return { name: 'compile', settings: given, reference: operands[0] as string };
  }
  if (command === 'compare' && operands.length === 2) {
    const [reference, candidate] = operands as [string, string];
    return { name: 'compare', settings: given, reference, candidate, flags: compareFlags(values) };
  }
  throw new ConfigError(
    `"${positionals.join(' ')}" is not a command. There is: rerankd serve, rerankd compile DIR, rerankd compare A B\nrerankd --help lists the flags.`,
  );
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const ofSettings = names.flatMap(flagsOf).map((flag) => [flag, { type: 'string' }] as const);
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(ofSettings),
        ...COMPARE_OPTIONS,
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nrerankd --help lists the flags.`, { cause: error });
  }
}

function givenSettings(values: Values): Settings {
  const given = names.flatMap((name) => {
    const value = flagsOf(name)
      .map((flag) => values[flag])
      .find((found) => typeof found === 'string');
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

function compareFlags(values: Values): CompareFlags {
  const text = (flag: string) => values[flag] as string | undefined;
  const flags = {
    set: text('set'),
    json: values['json'] as boolean | undefined,
    topK: text('top-k'),
    threshold: text('threshold'),
    referenceDtype: text('reference-dtype'),
    candidateDtype: text('candidate-dtype'),
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function refuseCompareFlags(values: Values): void {
  const foreign = Object.keys(COMPARE_OPTIONS).find((flag) => values[flag] !== undefined);
  if (foreign !== undefined) throw new ConfigError(`--${foreign} is a flag of "rerankd compare" only`);
}
