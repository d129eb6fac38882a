import { CommandError } from '../command-error.ts';
import type { DocumentForm, InputDocument } from './document.ts';

interface ParseOptions {
  /** `auto` looks at the text. */
  readonly form: DocumentForm | 'auto';
  /** Of objects: the fields that hold the text. */
  readonly fields: readonly string[];
}

export interface ParsedDocuments {
  readonly form: DocumentForm;
  readonly documents: readonly InputDocument[];
}

const MAX_DOCUMENTS = 500_000;

/**
 * Reads documents: one a line; or a JSON list, or JSON Lines, of texts and of objects with a text in them. Empty lines are no
 * documents. `auto` takes for JSON what is a whole JSON list, for JSON Lines what has an object on its first line.
 * @throws CommandError that names the line or element.
 */
export function parseDocuments(text: string, { form, fields }: ParseOptions): ParsedDocuments {
  const chosen = form === 'auto' ? formOf(text) : form;
  const documents = chosen === 'json' ? ofList(text, fields) : ofLines(text, chosen, fields);
  if (documents.length > MAX_DOCUMENTS) {
    throw new CommandError(
      `there are ${documents.length} documents; at most ${MAX_DOCUMENTS} are ranked at a time`,
      'Let something cheaper choose the best of them first.',
    );
  }
  return { form: chosen, documents };
}

function formOf(text: string): DocumentForm {
  const start = text.trimStart();
  if (start.startsWith('[') && Array.isArray(jsonOf(text))) return 'json';
  if (!start.startsWith('{')) return 'lines';
  // One bad line must not make plain text of all the others.
  return isObject(jsonOf(linesOf(text)[0]?.line ?? '')) ? 'jsonl' : 'lines';
}

function ofLines(text: string, form: DocumentForm, fields: readonly string[]): InputDocument[] {
  const lines = linesOf(text);
  if (form === 'lines')
    return lines.map(({ line, index }) => ({ index, text: line, fields: { text: line } }));
  return lines.map(({ line, index }) => {
    const value = jsonOf(line);
    if (value === undefined)
      throw new CommandError(`line ${index + 1} is not JSON`, 'Mend it, or say --input-format lines.');
    return documentOf(value, { index, place: `line ${index + 1}`, fields });
  });
}

function ofList(text: string, fields: readonly string[]): InputDocument[] {
  const list = jsonOf(text);
  if (Array.isArray(list))
    return list.map((value: unknown, index) =>
      documentOf(value, { index, place: `element ${index}`, fields }),
    );
  throw new CommandError('the documents are no JSON list', 'It is ["…", "…"], or [{"text": "…"}, …].');
}

function documentOf(
  value: unknown,
  { index, place, fields }: { index: number; place: string; fields: readonly string[] },
): InputDocument {
  if (typeof value === 'string') return { index, text: value, fields: { text: value } };
  if (!isObject(value)) throw new CommandError(`${place} is neither a text nor an object`);
  const found = fields.map((field) => value[field]).filter((text) => text != null);
  const texts = found.filter((text) => typeof text === 'string');
  if (texts.length === 0 || texts.length < found.length) {
    throw new CommandError(
      `${place} has no text in ${fields.map((field) => `"${field}"`).join(' or ')}`,
      '--field says which fields hold the text, such as --field title,body.',
    );
  }
  return { index, text: texts.join('\n'), fields: value };
}

/** The lines with something on them, and where they stand. */
function linesOf(text: string): { line: string; index: number }[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.endsWith('\r') ? line.slice(0, -1) : line, index }))
    .filter(({ line }) => line.trim() !== '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
