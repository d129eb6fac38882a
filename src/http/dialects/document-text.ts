import { z } from 'zod';
import { ServiceError } from '../../errors.ts';

/** A document: plain text, or an object with some text in it. */
export const documentSchema = z
  .union([z.string(), z.record(z.string(), z.unknown())], {
    error: 'must be a string or an object',
  })
  .describe(
    'Text, or an object, of which the rank_fields are scored; else its text, else the text parts of its content, else all its fields. An image gets 400',
  );

export type Document = z.infer<typeof documentSchema>;

/** The types of chat parts: `image_url`, `input_image`, `image_embeds`. */
const IMAGE_TYPE = /^(?:input_)?image/i;

const IMAGE_KEYS = new Set(['image', 'image_url', 'image_embeds', 'type', 'uuid']);

/** More of them, or longer ones, tell a reader nothing new. */
const SHOWN_FIELDS = 5;
const SHOWN_CHARACTERS = 40;

/**
 * The texts that are scored. Of an object see objectText.
 * @param list what the client calls the list, for messages
 * @throws ServiceError invalid_request for an object that isn't text, and for rank_fields that no object has.
 */
export function documentTexts(
  documents: readonly Document[],
  list: string,
  rankFields?: readonly string[] | null,
): string[] {
  refuseUnknownFields(documents, list, rankFields ?? []);
  return documents.map((document, index) =>
    typeof document === 'string' ? document : objectText(document, `${list}[${index}]`, rankFields ?? []),
  );
}

/**
 * The values of rank_fields in their order; else the `text`; else the text parts of a chat `content`; else one `key: value` line
 * a field.
 * @throws ServiceError invalid_request for an object that isn't text.
 */
export function objectText(
  document: Readonly<Record<string, unknown>>,
  name: string,
  rankFields: readonly string[] = [],
): string {
  if (rankFields.length > 0) {
    return rankFields
      .filter((field) => Object.hasOwn(document, field))
      .flatMap((field) => (document[field] == null ? [] : show(document[field], name)))
      .join('\n');
  }
  if (typeof document.text === 'string') return document.text;
  if (Array.isArray(document.content)) return chatText(document.content, name);
  const picture = imageKey(document);
  if (picture !== undefined) refuseImage(name, picture);
  return Object.entries(document)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${show(value, name)}`)
    .join('\n');
}

/** A misspelt field would make every document empty, and all scores the same. */
function refuseUnknownFields(
  documents: readonly Document[],
  list: string,
  rankFields: readonly string[],
): void {
  const objects = documents.filter((document) => typeof document === 'object');
  const [first] = objects;
  if (first === undefined || rankFields.length === 0) return;
  if (objects.some((document) => rankFields.some((field) => Object.hasOwn(document, field)))) return;
  throw new ServiceError('invalid_request', `rank_fields: no document has a field ${named(rankFields)}`, {
    detail: `${list}[${documents.indexOf(first)}] has ${named(Object.keys(first)) || 'no fields'}. Leave rank_fields out to have the text, or all fields, scored.`,
  });
}

function named(fields: readonly string[]): string {
  const shown = fields
    .slice(0, SHOWN_FIELDS)
    .map((field) => JSON.stringify(field.slice(0, SHOWN_CHARACTERS)))
    .join(', ');
  return fields.length > SHOWN_FIELDS ? `${shown} and ${fields.length - SHOWN_FIELDS} more` : shown;
}

function chatText(parts: readonly unknown[], name: string): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
      if ((type === 'text' || type === 'input_text') && typeof text === 'string') return text;
      if (typeof type === 'string' && IMAGE_TYPE.test(type)) refuseImage(name, type);
      // Whatever a client sends: a nested object may even have a toString of its own.
      const kind = typeof type === 'string' ? `of type "${type.slice(0, 40)}"` : 'without a type';
      throw new ServiceError('invalid_request', `${name} holds a part ${kind}`, { detail: ONLY_TEXT });
    })
    .join('\n');
}

/** `{image: "https://…"}` of Jina's clients, `{type: "image_url", image_url: …}` of vLLM's; records may have pictures too. */
function imageKey(document: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof document.type === 'string' && IMAGE_TYPE.test(document.type)) return document.type;
  const keys = Object.keys(document);
  return keys.every((key) => IMAGE_KEYS.has(key)) ? keys.find((key) => key.startsWith('image')) : undefined;
}

const ONLY_TEXT = 'This server reranks text: send parts of the form {"type": "text", "text": "…"}.';

function refuseImage(name: string, kind: string): never {
  throw new ServiceError('invalid_request', `${name} is an image (${kind.slice(0, 40)})`, {
    detail: ONLY_TEXT,
  });
}

function show(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // What JSON.parse built can only fail here by its depth.
    throw new ServiceError('invalid_request', `${name} is nested too deeply`, { cause: error });
  }
}
