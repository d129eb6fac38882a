import { z } from 'zod';
import { flag } from '../validate.ts';
import {
  atLeastOne,
  commonFields,
  commonRequest,
  limitDocuments,
  resolveTopN,
  topNFields,
} from './common-fields.ts';
import type { Dialect, DialectOptions } from './dialect.ts';
import { querySchema, queryText } from './query-text.ts';
import { requestValidator } from './request-validator.ts';

export const teiRequest = z.object({
  query: querySchema,
  texts: atLeastOne(z.string({ error: 'must be a string' })),
  return_text: flag.describe('The texts come back in the results'),
  ...topNFields,
  ...commonFields,
});

const validated = requestValidator(teiRequest);

export const teiResponse = z
  .array(
    z.object({
      index: z.int().min(0).describe('Where the text stood in the request'),
      score: z.number(),
      text: z.string().optional(),
    }),
  )
  .describe('From the best to the worst. The header x-truncated counts the texts that were cut');

/** `{query, texts}`: text-embeddings-inference and Elasticsearch, whose answer is a bare array. */
export function teiDialect({ maxDocuments, longDocuments }: DialectOptions): Dialect {
  return {
    matches: (body) => body.texts != null,
    parse(body) {
      limitDocuments(body, 'texts', maxDocuments);
      const parsed = validated(body);
      const { texts, return_text } = parsed;
      return {
        request: {
          query: queryText(parsed.query),
          documents: texts,
          topN: resolveTopN(parsed),
          ...commonRequest(parsed, longDocuments),
        },
        respond: ({ ranked }): z.infer<typeof teiResponse> =>
          ranked.map(({ index, score }) => ({
            index,
            score,
            ...(return_text === true && { text: texts[index] ?? '' }),
          })),
      };
    },
  };
}
