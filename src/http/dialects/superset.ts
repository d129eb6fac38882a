import { z } from 'zod';
import type { RerankResult } from '../../rerank/rerank-request.ts';
import { flag } from '../validate.ts';
import {
  atLeastOne,
  commonFields,
  commonRequest,
  limitDocuments,
  resolveTopN,
  topNFields,
} from './common-fields.ts';
import type { Dialect, DialectOptions, Envelope } from './dialect.ts';
import { type Document, documentSchema, documentTexts } from './document-text.ts';
import { querySchema, queryText } from './query-text.ts';
import { requestValidator } from './request-validator.ts';
import { refuseDeepDocuments, returnedDocument } from './returned-documents.ts';

export const supersetRequest = z.object({
  query: querySchema,
  documents: atLeastOne(documentSchema),
  ...topNFields,
  return_documents: flag.describe('The documents come back in the results'),
  rank_fields: z
    .array(z.string())
    .nullish()
    .describe(
      'Of documents that are objects: the fields that are scored, in this order. One without them is empty; if all are, the answer is 400',
    ),
  ...commonFields,
});

const validated = requestValidator(supersetRequest);

const place = z.int().min(0).describe('Where the document stood in the request');

export const supersetResponse = z.object({
  id: z.string().describe('The id of the request, as in x-request-id'),
  model: z.string().describe('The model that served'),
  results: z
    .array(
      z.object({
        index: place,
        relevance_score: z.number(),
        document: z
          .looseObject({
            text: z.string().describe('Of a document without a text of its own: what was scored'),
          })
          .optional(),
      }),
    )
    .describe('From the best to the worst, cut to top_n'),
  data: z
    .array(z.object({ index: place, relevance_score: z.number(), document: z.string().optional() }))
    .describe('The same, with documents as the plain text that was scored'),
  scores: z.array(z.number()).describe('Of all documents, in the order of the request'),
  usage: z.object({
    prompt_tokens: z.int().describe('Tokens of all pairs, after truncation'),
    completion_tokens: z.literal(0),
    total_tokens: z.int(),
  }),
  meta: z.object({
    api_version: z.object({ version: z.literal('2') }),
    billed_units: z.object({ search_units: z.literal(1) }),
    tokens: z.object({ input_tokens: z.int(), output_tokens: z.literal(0) }),
    truncated: z.boolean().describe('A text did not fit, and a part of it was not looked at'),
  }),
});

/**
 * `{query, documents}`: Cohere, Jina, vLLM, llama.cpp, LocalAI, Xinference, Voyage, Together, Infinity and Milvus all send it and
 * look for different fields in the answer. One object holds them all.
 */
export function supersetDialect({ maxDocuments, longDocuments }: DialectOptions): Dialect {
  return {
    matches: () => true,
    parse(body) {
      limitDocuments(body, 'documents', maxDocuments);
      const parsed = validated(body);
      const texts = documentTexts(parsed.documents, 'documents', parsed.rank_fields);
      const returned = parsed.return_documents === true ? { documents: parsed.documents, texts } : undefined;
      if (returned !== undefined) refuseDeepDocuments(returned.documents, 'documents');
      return {
        request: {
          query: queryText(parsed.query),
          documents: texts,
          topN: resolveTopN(parsed),
          ...commonRequest(parsed, longDocuments),
        },
        respond: (result, envelope) => toBody(result, envelope, returned),
      };
    },
  };
}

interface Returned {
  readonly documents: readonly Document[];
  readonly texts: readonly string[];
}

type Body = z.infer<typeof supersetResponse>;

/** Numbers are sent as they are computed; `document` is left out unless asked for, because a null breaks clients. */
function toBody(
  { ranked, scores, tokens, truncated, model }: RerankResult,
  { requestId }: Envelope,
  returned: Returned | undefined,
): Body {
  return {
    id: requestId,
    model: model.reference,
    ...(returned === undefined ? plainly(ranked) : withDocuments(ranked, returned)),
    scores: [...scores],
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    meta: {
      api_version: { version: '2' },
      billed_units: { search_units: 1 },
      tokens: { input_tokens: tokens, output_tokens: 0 },
      truncated: truncated > 0,
    },
  };
}

function plainly(ranked: RerankResult['ranked']): Pick<Body, 'results' | 'data'> {
  const results = ranked.map(({ index, score }) => ({ index, relevance_score: score }));
  return { results, data: results };
}

function withDocuments(
  ranked: RerankResult['ranked'],
  { documents, texts }: Returned,
): Pick<Body, 'results' | 'data'> {
  return {
    results: ranked.map(({ index, score }) => ({
      index,
      relevance_score: score,
      document: returnedDocument(documents[index], texts[index] ?? ''),
    })),
    data: ranked.map(({ index, score }) => ({ index, relevance_score: score, document: texts[index] ?? '' })),
  };
}
