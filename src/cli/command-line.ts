import type { Terminal } from '../commands/terminal.ts';
import type { Config } from '../config.ts';
import type { Environment } from '../platform/environment.ts';
import type { Completes, Flags, GivenFlags } from './flags.ts';
import type { GivenSettings, SettingScope } from './setting-flags.ts';

/** What stands behind a command without dashes. */
interface Operand {
  /** As `--help` shows it, such as `REF`. */
  readonly name: string;
  readonly optional?: boolean;
  /** The values that there are, where they can be counted. */
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

interface Example {
  readonly command: string;
  /** What it does, in a few words. */
  readonly says: string;
}

/** A command as somebody types it: what it takes, what it is good for, and what then happens. */
export interface CommandLine {
  /** One word, or two: `cache ls`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` says besides. */
  readonly about: string;
  readonly operands: readonly Operand[];
  readonly flags: Flags;
  /** The settings that are flags of this command. */
  readonly settings: SettingScope;
  readonly examples: readonly Example[];
  /** @throws ConfigError for what makes no sense, CommandError or ServiceError for what fails. */
  run(given: Given, surroundings: Surroundings): Promise<Outcome>;
}

/** What was typed behind the command. */
export interface Given {
  /** As many as the command wants; the optional ones may be missing. */
  readonly operands: readonly string[];
  readonly flags: GivenFlags;
  readonly settings: GivenSettings;
}

/** What the edge of the process gives to a command. */
export interface Surroundings {
  /** The environment, with the settings among the flags in it. */
  readonly env: Environment;
  /** @throws ConfigError */
  readonly config: () => Config;
  /** From its first call on, Ctrl-C is a wish that the command looks after. */
  readonly terminal: () => Terminal;
  readonly streams: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;
  /** Serves until the process ends. */
  readonly serve: () => Promise<never>;
  readonly commands: readonly CommandLine[];
}

/** What to print, and the exit code where it is not 0. */
export type Outcome = string | undefined | { readonly text: string; readonly exitCode: number };

/** `compare A B`, `rollback [TO]`. */
export function usageOf({ name, operands }: Pick<CommandLine, 'name' | 'operands'>): string {
  const shown = operands.map((operand) => (operand.optional === true ? `[${operand.name}]` : operand.name));
  return [name, ...shown].join(' ');
}
