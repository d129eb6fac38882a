import { ServiceError } from '../../errors.ts';
import type { Document } from './document-text.ts';

/** Records of databases have some ten levels. Far below what JSON.stringify can write, which would fail after the model has done its work. */
const MOST_LEVELS = 100;

/** A document as results give it back: what the client sent, with the text that was scored where it has none of its own. */
export function returnedDocument(
  document: Document | undefined,
  scored: string,
): { readonly text: string; readonly [field: string]: unknown } {
  if (typeof document !== 'object') return { text: scored };
  return { ...document, text: typeof document['text'] === 'string' ? document['text'] : scored };
}

/**
 * Looks whether documents can be given back as they came.
 * @param list what the client calls the list, for messages
 * @throws ServiceError invalid_request that names the document.
 */
export function refuseDeepDocuments(documents: readonly Document[], list: string): void {
  const index = documents.findIndex((document) => hasMoreLevels(document, MOST_LEVELS));
  if (index === -1) return;
  throw new ServiceError(
    'invalid_request',
    `${list}[${index}] is nested too deeply to be returned: it has more than ${MOST_LEVELS} levels`,
    { detail: 'Send it with fewer levels, or without return_documents.' },
  );
}

/** Calls itself no more often than there are levels to look at. */
function hasMoreLevels(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => hasMoreLevels(inner, levels - 1));
}
