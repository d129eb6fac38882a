import { z } from 'zod';

/** What a setting is for, as a reader of `--help` and of the table in the documentation wants to know it. */
export interface Meaning {
  readonly description: string;
  /** Its value is never repeated, not even when it is wrong. */
  readonly isSecret?: boolean;
  /** In place of the default as it is, where that says little. */
  readonly shown?: string;
}

/** A rule, its default and its meaning. */
export function setting<T extends z.ZodType>(schema: T, description: string, shown?: string): T {
  const meaning: Meaning = { description, ...(shown !== undefined && { shown }) };
  return schema.meta({ ...meaning });
}

/** The same for keys and tokens. */
export function secret<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description, isSecret: true } satisfies Meaning as Record<string, unknown>);
}

export const text = z.string();

const number = z.coerce.number({ error: 'must be a number' });

export const positive = number
  .int({ error: 'must be a whole number' })
  .positive({ error: 'must be above 0' });

export const aboveZero = number.positive({ error: 'must be above 0' });

export const port = z.coerce
  .number({ error: 'must be a port number' })
  .int({ error: 'must be a port number' })
  .min(0, { error: 'must be a port number' })
  .max(65_535, { error: 'must be a port number' });

/** A whole number, both bounds included. */
export function whole(least: number, most: number) {
  return number
    .int({ error: 'must be a whole number' })
    .min(least, { error: `must not be below ${least}` })
    .max(most, { error: `must be at most ${most}` });
}

const UNITS = ['', 'K', 'M', 'G', 'T'];

/** Bytes, or a number of KB, MB, GB, TB (thousands) or KiB, MiB, GiB, TiB. A number stands for itself. */
export function bytes(least: number, most: number) {
  return z.preprocess(
    (given) => (typeof given === 'string' ? parseBytes(given) : given),
    z
      .number({ error: 'must be a number of bytes, such as 20000000000 or 20GiB' })
      .int({ error: 'must be a number of bytes, such as 20000000000 or 20GiB' })
      .min(least, { error: `must not be below ${least} bytes` })
      .max(most, { error: `must be at most ${most} bytes` }),
  );
}

function parseBytes(given: string): number | string {
  const [, value, letter = '', binary] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(given.trim()) ?? [];
  if (value === undefined) return given;
  const base = binary === '' ? 1000 : 1024;
  return Math.floor(Number(value) * base ** UNITS.indexOf(letter.toUpperCase()));
}

/** A number up to 1, both bounds included. */
export function share(least: number) {
  return number
    .min(least, { error: `must be from ${least} to 1` })
    .max(1, { error: `must be from ${least} to 1` });
}

/** `auto`, or what the schema takes. */
export function autoOr<T extends z.ZodType>(schema: T) {
  return z.union([z.literal('auto'), schema], { error: 'must be auto or a whole number above 0' });
}

export function oneOf<const T extends readonly string[]>(...values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

export const dtype = oneOf('auto', 'fp32', 'fp16', 'int8');

/** `a, b` */
export function listOf(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** As huggingface_hub reads its switches. */
export function isOn(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
