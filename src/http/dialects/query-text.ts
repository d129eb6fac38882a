import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import { objectText } from './document-text.ts';

/** A query: plain text, or the `{text}` or chat `{content}` of clients of multimodal servers. */
export const querySchema = z.union(
  [
    z.string().regex(/\S/, { error: 'must not be empty' }),
    z.object({ text: z.string() }),
    z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
  ],
  { error: 'must be a string' },
);

/** @throws ServiceError invalid_request for a query without text. */
export function queryText(query: z.infer<typeof querySchema>, name = 'query'): string {
  if (typeof query === 'string') return query;
  const isPlain = 'content' in query && typeof query.content === 'string';
  const text = isPlain ? String(query.content) : objectText(query, name);
  if (text.trim() !== '') return text;
  throw new ServiceError('invalid_request', `${name}: must not be empty`);
}
