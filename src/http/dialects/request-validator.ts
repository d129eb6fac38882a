import type { z } from 'zod';
import { validate } from '../validate.ts';
import { longTextFields } from './long-texts.ts';

type LongTextName = keyof typeof longTextFields;

const NAMES = Object.keys(longTextFields) as LongTextName[];

/**
 * Validates requests. Most say nothing about long texts: they are held against as few fields as that takes, because every field of
 * a schema costs time, even one that is not there.
 * @throws ServiceError invalid_request that names every wrong field.
 */
export function requestValidator<S extends z.ZodObject<typeof longTextFields>>(
  schema: S,
): (body: unknown) => z.output<S> {
  const mask = Object.fromEntries(NAMES.map((name) => [name, true])) as Record<LongTextName, true>;
  const usual = schema.omit(mask);
  return (body) => {
    const isLong = typeof body === 'object' && body !== null && NAMES.some((name) => name in body);
    // All fields that are left out are optional.
    return validate(isLong ? schema : usual, body) as z.output<S>;
  };
}
