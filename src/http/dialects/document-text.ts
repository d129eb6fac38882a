import { z } from 'zod';
import { ServiceError } from '../../errors.ts';

/** A document: plain text, or an object with some text in it. */
export const documentSchema = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'must be a string or an object',
});

export type Document = z.infer<typeof documentSchema>;

/**
 * The text that is scored.
 *
 * Of an object: the values of rank_fields in their order; else its `text`; else the text parts of a chat `content`; else
 * one `key: value` line a field.
 * @throws ServiceError invalid_request for a document that isn't text.
 */
export function documentText(
  document: Document,
  rankFields: readonly string[] | undefined,
  index: number,
): string {
  if (typeof document === 'string') return document;
  if (rankFields !== undefined && rankFields.length > 0) {
    return rankFields
      .flatMap((field) => (document[field] == null ? [] : show(document[field], index)))
      .join('\n');
  }
  if (typeof document.text === 'string') return document.text;
  if (Array.isArray(document.content)) return chatText(document.content, index);
  return Object.entries(document)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${show(value, index)}`)
    .join('\n');
}

function chatText(parts: readonly unknown[], index: number): string {
  return parts
    .map((part) => {
      const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
      if (type === 'text' && typeof text === 'string') return text;
      throw new ServiceError(
        'invalid_request',
        `documents[${index}] holds a part of type "${String(type)}"`,
        {
          detail: 'This server reranks text: send parts of the form {"type": "text", "text": "…"}.',
        },
      );
    })
    .join('\n');
}

function show(value: unknown, index: number): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // What JSON.parse built can only fail here by its depth.
    throw new ServiceError('invalid_request', `documents[${index}] is nested too deeply`, { cause: error });
  }
}
