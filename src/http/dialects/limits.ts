import { z } from 'zod';
import { ServiceError } from '../../errors.ts';

export const nonEmptyQuery = z
  .string({ error: 'must be a string' })
  .refine((query) => query.trim() !== '', { error: 'must not be empty' });

export function atLeastOne<T extends z.ZodType>(document: T) {
  return z.array(document, { error: 'must be a list' }).min(1, { error: 'must hold at least one document' });
}

/** Looked at before anything else: validating a hundred thousand documents would already be work. */
export function limitDocuments(body: unknown, key: string, maxDocuments: number): void {
  const list = (body as Readonly<Record<string, unknown>> | null)?.[key];
  if (!Array.isArray(list) || list.length <= maxDocuments) return;
  throw new ServiceError(
    'payload_too_large',
    `${key} holds ${list.length} entries; at most ${maxDocuments} are allowed`,
    {
      detail: 'Send them in several requests, or raise RERANK_MAX_DOCUMENTS.',
    },
  );
}

/** Absent, null and what can't be meant (0, negative) ask for all; more than there are is cut by the ranking. */
export function resolveTopN(topN: number | null | undefined): number | undefined {
  return topN == null || topN <= 0 ? undefined : topN;
}
