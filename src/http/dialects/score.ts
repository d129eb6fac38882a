import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import { commonFields, commonRequest, limitDocuments } from './common-fields.ts';
import type { DialectOptions, Spoken } from './dialect.ts';
import { documentSchema, documentTexts } from './document-text.ts';
import { querySchema, queryText } from './query-text.ts';
import { requestValidator } from './request-validator.ts';

/** What vLLM calls the two sides, from the name it documents to the older ones. */
export const SCORE_FORMS = [
  ['text_1', 'text_2'],
  ['queries', 'documents'],
  ['queries', 'items'],
  ['data_1', 'data_2'],
  ['query', 'documents'],
] as const;

const ONE_OR_MORE = { error: 'must be a string or a list of strings' };
const NOT_NONE = { error: 'must hold at least one text' };
const left = z.union([querySchema, z.array(querySchema).min(1, NOT_NONE)], ONE_OR_MORE);
const right = z.union([documentSchema, z.array(documentSchema).min(1, NOT_NONE)], ONE_OR_MORE);

/** Exactly one of the forms is filled in. */
export const scoreRequest = z.object({
  text_1: left.nullish().describe('One text, or as many as text_2 has'),
  text_2: right.nullish().describe('What text_1 is compared with'),
  queries: left.nullish().describe('As text_1'),
  documents: right.nullish().describe('As text_2'),
  items: right.nullish().describe('As text_2'),
  data_1: left.nullish().describe('As text_1'),
  data_2: right.nullish().describe('As text_2'),
  query: left.nullish().describe('As text_1'),
  ...commonFields,
});

const validated = requestValidator(scoreRequest);

export const scoreResponse = z.object({
  id: z.string(),
  object: z.literal('list'),
  created: z.int().describe('Seconds since 1970'),
  model: z.string(),
  data: z
    .array(z.object({ index: z.int().min(0), object: z.literal('score'), score: z.number() }))
    .describe('One score a pair, in the order of the request'),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.literal(0), total_tokens: z.int() }),
});

/** POST /score of vLLM: one text with one or many others, or many pairs. */
export function parseScore(body: unknown, { maxDocuments, longDocuments }: DialectOptions): Spoken {
  for (const name of new Set(SCORE_FORMS.flat())) limitDocuments(body, name, maxDocuments);
  const parsed = validated(body);
  const form = SCORE_FORMS.find(([one, other]) => parsed[one] != null && parsed[other] != null);
  if (form === undefined) {
    throw new ServiceError('invalid_request', 'text_1 and text_2 are both needed', {
      detail: 'Each is a text or a list of texts; queries and documents are other names for them.',
    });
  }
  const [one, other] = form;
  const queries = listOf(parsed[one]).map((query, index) => queryText(query, `${one}[${index}]`));
  const documents = documentTexts(listOf(parsed[other]), other);
  if (queries.length !== 1 && queries.length !== documents.length) {
    throw new ServiceError(
      'invalid_request',
      `${one} holds ${queries.length} texts and ${other} ${documents.length}`,
      { detail: `${one} must be one text, or as many as ${other} has.` },
    );
  }
  return {
    request: {
      query: queries.length === 1 ? (queries[0] ?? '') : queries,
      documents,
      topN: undefined,
      ...commonRequest(parsed, longDocuments),
    },
    respond: ({ scores, tokens, model }, { requestId, date }): z.infer<typeof scoreResponse> => ({
      id: requestId,
      object: 'list',
      created: Math.floor(date().getTime() / 1000),
      model: model.reference,
      data: scores.map((score, index) => ({ index, object: 'score', score })),
      usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    }),
  };
}

function listOf<T extends string | object>(texts: T | T[] | null | undefined): T[] {
  if (texts == null) return [];
  return Array.isArray(texts) ? texts : [texts];
}
