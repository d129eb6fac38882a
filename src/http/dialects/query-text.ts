import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import { objectText } from './document-text.ts';

/** For the OpenAPI document; queryText sees to it. */
const NOT_BLANK = { pattern: String.raw`\S` };

/** For the OpenAPI document; objectText reads them. */
const chatParts = {
  items: { anyOf: [{ type: 'string' }, chatPart({ type: 'string' })] },
  contains: { anyOf: [{ type: 'string', ...NOT_BLANK }, chatPart({ type: 'string', ...NOT_BLANK })] },
};

function chatPart(text: object) {
  return {
    type: 'object',
    properties: { type: { enum: ['text', 'input_text'] }, text },
    required: ['type', 'text'],
  };
}

/** A query: plain text, or the `{text}` or chat `{content}` of clients of multimodal servers. */
export const querySchema = z
  .union(
    [
      z.string().regex(/\S/, { error: 'must not be empty' }),
      z.object({ text: z.string().meta(NOT_BLANK) }),
      z.object({ content: z.union([z.string().meta(NOT_BLANK), z.array(z.unknown()).meta(chatParts)]) }),
    ],
    { error: 'must be a string' },
  )
  .describe('Text, or the {text} or {content} of clients of multimodal servers');

/** @throws ServiceError invalid_request for a query without text. */
export function queryText(query: z.infer<typeof querySchema>, name = 'query'): string {
  if (typeof query === 'string') return query;
  const isPlain = 'content' in query && typeof query.content === 'string';
  const text = isPlain ? String(query.content) : objectText(query, name);
  if (text.trim() !== '') return text;
  throw new ServiceError('invalid_request', `${name}: must not be empty`);
}
