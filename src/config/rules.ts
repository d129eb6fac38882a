import { z } from 'zod';

/** What a setting is for, as a reader of `--help` and of the table in the documentation wants to know it. */
export interface Meaning {
  readonly description: string;
  /** In place of the default as it is, where that says little. */
  readonly shown?: string;
}

/** A rule, its default and its meaning. */
export function setting<T extends z.ZodType>(schema: T, description: string, shown?: string): T {
  const meaning: Meaning = { description, ...(shown !== undefined && { shown }) };
  return schema.meta({ ...meaning });
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

export function whole(least: number, most: number) {
  return number
    .int({ error: 'must be a whole number' })
    .min(least, { error: `must not be below ${least}` })
    .max(most, { error: `must be at most ${most}` });
}

export function share(least: number) {
  return number
    .min(least, { error: `must be from ${least} to 1` })
    .max(1, { error: `must be from ${least} to 1` });
}

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
