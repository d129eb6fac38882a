import { z } from 'zod';
import { ServiceError } from '../errors.ts';

/** For the OpenAPI document, of a string that is one of these words in any case of letters: JSON Schema has no flag for that. */
export function anyCase(...words: readonly string[]): { readonly pattern: string } {
  const spelt = words.map((word) =>
    word
      .split('')
      .map((letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`)
      .join(''),
  );
  return { pattern: `^(${spelt.join('|')})$` };
}

/** A boolean; some clients send it as a string. Null means absent. */
export const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] }).meta(anyCase('true', 'false'))], {
    error: 'must be true or false',
  })
  .nullish();

/** A whole number; null means absent. */
export const wholeNumber = z.int({ error: 'must be a whole number' }).nullish();

/** @throws ServiceError invalid_request that names every wrong field. */
export function validate<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ServiceError('invalid_request', 'the body must be a JSON object', {
      detail:
        'For example {"query": "…", "documents": ["…", "…"]}, with the header "Content-Type: application/json".',
    });
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 5).map((issue) => `${spell(issue.path)}: ${issue.message}`);
  const more = result.error.issues.length - problems.length;
  throw new ServiceError('invalid_request', problems.join('; ') + (more > 0 ? `; and ${more} more` : ''));
}

/** `documents[3].text`, as one would write it. */
function spell(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}
