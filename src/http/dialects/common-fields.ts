import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { RerankRequest } from '../../rerank/rerank-request.ts';
import { flag, wholeNumber } from '../validate.ts';
import { type LongDocuments, longTextFields, textLimits } from './long-texts.ts';

/** Optional fields that mean the same in every dialect. Null means absent; what is not listed is ignored. */
export const commonFields = {
  model: z
    .string({ error: 'must be a string' })
    .nullish()
    .describe('How the client calls the model; the answer names the one that served'),
  raw_scores: flag.describe('Logits instead of scores from 0 to 1'),
  use_activation: flag.describe('false: as raw_scores'),
  ...longTextFields,
};

const commonSchema = z.object(commonFields);

/** What the common fields say, as the core understands it. */
export function commonRequest(
  fields: z.output<typeof commonSchema>,
  longDocuments: LongDocuments,
): Pick<RerankRequest, 'rawScores' | 'model' | 'limits'> {
  return {
    rawScores: fields.raw_scores === true || fields.use_activation === false,
    model: fields.model ?? undefined,
    limits: textLimits(fields, longDocuments),
  };
}

/** The same under three names. */
export const topNFields = {
  top_n: wholeNumber.describe('How many results; all when it is absent or not above 0'),
  top_k: wholeNumber.describe('As top_n'),
  topN: wholeNumber.describe('As top_n'),
};

type TopN = number | null | undefined;

/** Absent, null and what can't be meant (0, negative) ask for all; more than there are is cut by the ranking. */
export function resolveTopN(fields: {
  readonly top_n?: TopN;
  readonly top_k?: TopN;
  readonly topN?: TopN;
}): number | undefined {
  const topN = fields.top_n ?? fields.top_k ?? fields.topN;
  return topN == null || topN <= 0 ? undefined : topN;
}

/** A list of documents that is not empty. How long it may be is looked at before: `limitDocuments`. */
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
