import { z } from 'zod';
import { ConfigError } from './config.ts';

const text = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;

/** The flags that a command has besides the settings, as `parseArgs` of `node:util` wants them. */
export const commandFlags = {
  serve: {},
  compile: {},
  publish: { out: text },
  fetch: { json: yes },
  cache: { json: yes, 'dry-run': yes, 'max-bytes': text },
  compare: {
    set: text,
    json: yes,
    'top-k': text,
    threshold: text,
    'reference-dtype': text,
    'candidate-dtype': text,
  },
  update: {
    url: text,
    json: yes,
    mode: text,
    dtype: text,
    'dry-run': yes,
    force: yes,
    wait: yes,
    follow: yes,
    'min-kendall-tau': text,
    'min-top1-overlap': text,
    'max-threshold-crossing': text,
    'max-latency-ratio': text,
    threshold: text,
    'probation-requests': text,
    'probation-seconds': text,
    'no-probation': yes,
    'shadow-percent': text,
    'shadow-requests': text,
  },
  status: { url: text, json: yes },
  rollback: { url: text, json: yes },
} as const satisfies Record<string, Record<string, typeof text | typeof yes>>;

export type CommandName = keyof typeof commandFlags;

/** Flags as they were given, by their names in camel case: `--top-k 3` is `{topK: '3'}`. */
export type GivenFlags = Readonly<Record<string, string | boolean>>;

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
