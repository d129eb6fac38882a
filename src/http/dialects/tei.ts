import { z } from 'zod';
import { flag, validate, wholeNumber } from '../validate.ts';
import type { Dialect } from './dialect.ts';
import { atLeastOne, limitDocuments, nonEmptyQuery, resolveTopN } from './limits.ts';

const schema = z.object({
  query: nonEmptyQuery,
  texts: atLeastOne(z.string({ error: 'must be a string' })),
  top_n: wholeNumber,
  raw_scores: flag,
  return_text: flag,
});

/** `{query, texts}`: text-embeddings-inference, whose answer is a bare array. */
export function teiDialect(maxDocuments: number): Dialect {
  return {
    matches: (body) => 'texts' in body,
    parse(body) {
      limitDocuments(body, 'texts', maxDocuments);
      const { query, texts, top_n, raw_scores, return_text } = validate(schema, body);
      return {
        request: { query, documents: texts, topN: resolveTopN(top_n), rawScores: raw_scores === true },
        respond: ({ ranked }) =>
          ranked.map(({ index, score }) => ({
            index,
            score,
            ...(return_text === true && { text: texts[index] }),
          })),
      };
    },
  };
}
