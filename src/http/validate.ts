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

/** More of them tell a reader nothing new. */
const MAX_PROBLEMS = 5;

type Issue = z.core.$ZodIssue;

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
  const { issues } = result.error;
  const problems = issues.slice(0, MAX_PROBLEMS).map(describe);
  const more = issues.length - problems.length;
  const detail = issues.map((issue) => knownFields(schema, issue)).find((hint) => hint !== undefined);
  throw new ServiceError(
    'invalid_request',
    problems.join('; ') + (more > 0 ? `; and ${more} more` : ''),
    detail === undefined ? {} : { detail },
  );
}

function describe(issue: Issue): string {
  if (issue.code !== 'unrecognized_keys') return `${spell(issue.path)}: ${issue.message}`;
  const fields = issue.keys.map((key) => JSON.stringify(spell([...issue.path, key])));
  return `unknown field${fields.length > 1 ? 's' : ''} ${fields.join(', ')}`;
}

/** What a field that is none may have been meant for. */
function knownFields(schema: z.core.$ZodType, issue: Issue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  let at: z.core.$ZodType | undefined = schema;
  for (const key of issue.path) at = shapeOf(at)?.[String(key)];
  const names = Object.keys(shapeOf(at) ?? {});
  if (names.length === 0) return undefined;
  const where = issue.path.length === 0 ? 'The fields' : `The fields of ${spell(issue.path)}`;
  return `${where} are ${names.join(', ')}.`;
}

/** Of an object, whatever may stand in its place. */
function shapeOf(schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return shapeOf(schema.unwrap());
  return schema instanceof z.ZodPipe ? shapeOf(schema.out) : undefined;
}

/** `documents[3].text`, as one would write it. */
function spell(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}
