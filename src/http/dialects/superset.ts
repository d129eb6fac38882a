import { z } from 'zod';
import type { RerankResult } from '../../rerank/reranker.ts';
import { flag, validate, wholeNumber } from '../validate.ts';
import type { Dialect } from './dialect.ts';
import { type Document, documentSchema, documentText } from './document-text.ts';
import { atLeastOne, limitDocuments, nonEmptyQuery, resolveTopN } from './limits.ts';

const schema = z.object({
  query: nonEmptyQuery,
  documents: atLeastOne(documentSchema),
  top_n: wholeNumber,
  top_k: wholeNumber,
  topN: wholeNumber,
  return_documents: flag,
  rank_fields: z.array(z.string()).nullish(),
  raw_scores: flag,
  use_activation: flag,
});

/**
 * `{query, documents}`: Cohere, Jina, vLLM, Voyage, Infinity and Milvus all send it and look for different fields in the
 * answer. One object holds them all.
 */
export function supersetDialect(maxDocuments: number): Dialect {
  return {
    matches: (body) => 'documents' in body || !('texts' in body),
    parse(body) {
      limitDocuments(body, 'documents', maxDocuments);
      const parsed = validate(schema, body);
      const rankFields = parsed.rank_fields ?? undefined;
      const texts = parsed.documents.map((document, index) => documentText(document, rankFields, index));
      const returned = parsed.return_documents === true ? { documents: parsed.documents, texts } : undefined;
      return {
        request: {
          query: parsed.query,
          documents: texts,
          topN: resolveTopN(parsed.top_n ?? parsed.top_k ?? parsed.topN),
          rawScores: parsed.raw_scores === true || parsed.use_activation === false,
        },
        respond: (result, requestId) => toBody(result, requestId, returned),
      };
    },
  };
}

/** Numbers are sent as they are computed; `document` is left out unless asked for, because a null breaks clients. */
function toBody(
  result: RerankResult,
  requestId: string,
  returned: { documents: Document[]; texts: string[] } | undefined,
) {
  const { ranked, scores, tokens, truncated, model } = result;
  const asObject = (index: number) => {
    const document = returned?.documents[index];
    const text = returned?.texts[index];
    return { document: typeof document === 'object' ? { ...document, text } : { text } };
  };
  return {
    id: requestId,
    model: model.reference,
    results: ranked.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returned && asObject(index)),
    })),
    data: ranked.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returned && { document: returned.texts[index] }),
    })),
    scores,
    usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    meta: {
      api_version: { version: '2' },
      billed_units: { search_units: 1 },
      tokens: { input_tokens: tokens, output_tokens: 0 },
      truncated: truncated > 0,
    },
  };
}
