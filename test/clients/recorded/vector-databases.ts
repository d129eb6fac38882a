import { z } from 'zod';
import { documents, query, type RecordedClient } from './exchange.ts';
import * as parsers from './parsers.ts';

const scored = z.object({
  scores: z.array(z.object({ document: z.string(), score: z.number() })).length(documents.length),
});

/** Databases that rerank what they found. */
export const vectorDatabases: readonly RecordedClient[] = [
  {
    client: 'Weaviate, reranker-transformers',
    dialect: 'POST /rerank, Weaviate',
    exchanges: [
      { method: 'GET', path: '/.well-known/ready', status: 204 },
      { method: 'GET', path: '/meta', needs: z.record(z.string(), z.unknown()) },
      {
        method: 'POST',
        path: '/rerank',
        body: { query, documents, property: '' },
        // It takes the scores one after the other: the order is that of the request.
        needs: scored.refine(({ scores }) => scores.every(({ document }, at) => document === documents[at])),
        breaksWithout: ['scores', 'scores[].score', 'scores[].document'],
        order: ({ scores }: z.infer<typeof scored>) =>
          [...scores.keys()].toSorted((a, b) => (scores[b]?.score ?? 0) - (scores[a]?.score ?? 0)),
      },
      {
        method: 'POST',
        path: '/rerank',
        body: { query: '', documents, property: '' },
        status: 400,
        needs: z.object({ error: z.string().min(1) }),
        breaksWithout: ['error'],
      },
    ],
  },
  {
    client: 'Weaviate, reranker-cohere',
    dialect: 'POST /v2/rerank, Cohere v2',
    exchanges: [
      {
        method: 'POST',
        path: '/v2/rerank',
        headers: { authorization: 'BEARER key', 'request-source': 'unspecified:weaviate' },
        body: { documents, query, model: 'rerank-v3.5', return_documents: false },
        needs: parsers.allResults,
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
      {
        method: 'POST',
        path: '/v2/rerank',
        body: { documents: [], query, model: 'rerank-v3.5', return_documents: false },
        status: 400,
        needs: z.object({ message: z.string().min(1) }),
        breaksWithout: ['message'],
      },
    ],
  },
  {
    client: 'Milvus, TEI ranker',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        body: { query, texts: documents, truncate: true, truncation_direction: 'Left' },
        needs: parsers.ranks,
        breaksWithout: parsers.RANKS,
        order: parsers.byRankScore,
      },
    ],
  },
  {
    client: 'Milvus, vLLM ranker',
    dialect: 'POST /rerank, vLLM',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        body: { query, documents, truncate_prompt_tokens: 128 },
        needs: parsers.allResults,
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
    ],
  },
  {
    client: 'Elasticsearch, hugging_face',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        headers: { authorization: 'Bearer key' },
        body: { query, texts: documents, return_text: true, top_n: documents.length },
        needs: parsers.ranks,
        breaksWithout: parsers.RANKS,
        order: parsers.byRankScore,
      },
    ],
  },
  {
    client: 'OpenSearch, connector blueprint',
    dialect: 'POST /v1/rerank, Cohere v1',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: { authorization: 'Bearer key', 'request-source': 'unspecified:opensearch' },
        body: { documents, query, model: 'rerank-english-v3.0', top_n: documents.length },
        needs: parsers.allResults,
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
    ],
  },
];
