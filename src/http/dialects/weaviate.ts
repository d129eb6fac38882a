import { z } from 'zod';
import { atLeastOne, commonFields, commonRequest, limitDocuments } from './common-fields.ts';
import type { Dialect, DialectOptions } from './dialect.ts';
import { documentSchema, documentTexts } from './document-text.ts';
import { querySchema, queryText } from './query-text.ts';
import { requestValidator } from './request-validator.ts';

export const weaviateRequest = z.object({
  query: querySchema,
  documents: atLeastOne(documentSchema),
  property: z.string().describe('The mark of this client; what it says is not looked at'),
  ...commonFields,
});

const validated = requestValidator(weaviateRequest);

export const weaviateResponse = z.object({
  scores: z
    .array(z.object({ document: z.string(), score: z.number() }))
    .describe('Of all documents, in the order of the request'),
});

/** `{query, documents, property}`: Weaviate's reranker-transformers, which goes by the order of its own documents. */
export function weaviateDialect({ maxDocuments, longDocuments }: DialectOptions): Dialect {
  return {
    matches: (body) => body.property != null && body.documents != null,
    parse(body) {
      limitDocuments(body, 'documents', maxDocuments);
      const parsed = validated(body);
      const documents = documentTexts(parsed.documents, 'documents');
      return {
        request: {
          query: queryText(parsed.query),
          documents,
          topN: undefined,
          ...commonRequest(parsed, longDocuments),
        },
        respond: ({ scores }): z.infer<typeof weaviateResponse> => ({
          scores: documents.map((document, index) => ({ document, score: scores[index] ?? Number.NaN })),
        }),
      };
    },
  };
}
