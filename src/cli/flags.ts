import { z } from 'zod';
import { ConfigError } from '../config.ts';

/** What a shell offers for a value: names of files, of folders. */
export type Completes = 'file' | 'directory';

/** What a reader of `--help` wants to know of a flag. */
interface FlagMeaning {
  readonly description: string;
  /** Stands for the value in `--help`; a flag without one is a switch. */
  readonly placeholder?: string;
  readonly completes?: Completes;
}

/** Flags of a command by their names in camel case: `topK` is `--top-k`. */
export type Flags = z.ZodObject;

/** Flags as they were given, by their names in camel case: `--top-k 3` is `{topK: '3'}`. */
export type GivenFlags = Readonly<Record<string, string | boolean>>;

/** A flag without a value. */
export function switchFlag(description: string) {
  return described(z.boolean().optional(), { description });
}

/** A flag with a value. */
export function valueFlag<T extends z.ZodType>(
  placeholder: string,
  schema: T,
  description: string,
  completes?: Completes,
) {
  return described(schema.optional(), {
    description,
    placeholder,
    ...(completes !== undefined && { completes }),
  });
}

function described<T extends z.ZodType>(schema: T, meaning: FlagMeaning): T {
  return schema.meta({ ...meaning });
}

/** `--json` of commands that print a report. */
export const jsonFlag = switchFlag('print JSON, for programs');

/** A flag, as it is written and explained. */
export interface ExplainedFlag extends FlagMeaning {
  /** Without the dashes. */
  readonly flag: string;
  readonly schema: z.ZodType;
}

/** The flags of a command in the order in which they were written down, for the help and for completion. */
export function explainFlags(flags: Flags): ExplainedFlag[] {
  return Object.entries(flags.shape).map(([key, schema]) => ({
    ...((schema as z.ZodType).meta() as unknown as FlagMeaning),
    flag: flagOfKey(key),
    schema: schema as z.ZodType,
  }));
}

/** `top-k` is topK. */
export function keyOfFlag(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** topK is `top-k`. */
function flagOfKey(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A number in a flag. An empty text is none: it comes from a variable that somebody forgot to set. */
export const numberFlag = z
  .string()
  .trim()
  .min(1, { error: 'must be a number' })
  .pipe(z.coerce.number({ error: 'must be a number' }));

/** @returns the rule for a whole number in a flag. */
export function wholeFlag(least: number, most = Number.MAX_SAFE_INTEGER) {
  return numberFlag.pipe(
    z
      .int({ error: 'must be a whole number' })
      .min(least, { error: `must be at least ${least}` })
      .max(most, { error: `must be at most ${most}` }),
  );
}

/** A share in a flag. */
export const shareFlag = numberFlag.pipe(
  z.number().min(0, { error: 'must be from 0 to 1' }).max(1, { error: 'must be from 0 to 1' }),
);

/**
 * Checks the flags of a command.
 * @throws ConfigError that names the first wrong flag.
 */
export function readFlags<T extends z.ZodType>(schema: T, flags: GivenFlags): z.output<T> {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`--${flagOfKey(String(issue?.path[0]))}: ${issue?.message}`);
}
