import { z } from 'zod';
import { documents, query, type RecordedClient } from './exchange.ts';
import * as parsers from './parsers.ts';

const MODEL = 'bge-reranker-v2-m3';

const scoreList = z.object({
  data: z.array(z.object({ index: z.int(), score: z.number() })).length(documents.length),
});

/** Clients that other model servers bring along. */
export const modelServerClients: readonly RecordedClient[] = [
  {
    client: 'Xinference client, RESTfulRerankModelHandle',
    dialect: 'POST /v1/rerank, Xinference',
    exchanges: [
      {
        method: 'GET',
        path: '/v1/cluster/auth',
        needs: z.object({ auth: z.boolean() }),
        breaksWithout: ['auth'],
      },
      {
        method: 'GET',
        path: `/v1/models/${MODEL}`,
        // get_model() makes a handle by this field.
        needs: z.object({ model_type: z.literal('rerank') }),
        breaksWithout: ['model_type'],
      },
      {
        method: 'POST',
        path: '/v1/rerank',
        body: {
          model: MODEL,
          documents,
          query,
          top_n: null,
          max_chunks_per_doc: null,
          return_documents: true,
          return_len: null,
          kwargs: '{}',
        },
        needs: parsers.resultsWithDocuments,
        breaksWithout: parsers.RESULTS_WITH_DOCUMENTS,
        order: parsers.inOrder,
      },
      {
        method: 'POST',
        path: '/v1/rerank',
        body: { model: MODEL, documents, query: '', kwargs: '{}' },
        status: 400,
        needs: z.object({ detail: z.string().min(1) }),
        breaksWithout: ['detail'],
      },
    ],
  },
  {
    client: 'Together (Python), Rerank',
    dialect: 'POST /v1/rerank, Together',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        body: {
          model: MODEL,
          query,
          documents: documents.map((title, id) => ({ id, title, text: `Text ${id}` })),
          top_n: documents.length,
          return_documents: true,
          rank_fields: ['title'],
        },
        // Programs go on with the documents that come back in place of their own.
        needs: parsers.resultsWithOwnTexts((index) => `Text ${index}`),
        breaksWithout: parsers.RESULTS_WITH_DOCUMENTS,
        order: parsers.inOrder,
      },
      {
        method: 'POST',
        path: '/v1/rerank',
        body: { model: MODEL, query, documents: [{ title: 'a' }], rank_fields: ['titel'] },
        status: 400,
      },
    ],
  },
  ...['/rerank', '/reranking', '/v1/rerank', '/v1/reranking'].map((path) => ({
    client: `llama.cpp, ${path}`,
    dialect: `POST ${path}, Jina`,
    exchanges: [
      {
        method: 'POST' as const,
        path,
        body: { model: MODEL, query, top_n: 3, documents },
        needs: parsers.results.extend({ usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }) }),
        breaksWithout: [...parsers.RESULTS, 'usage'],
        order: parsers.inOrder,
      },
    ],
  })),
  ...['/score', '/v1/score'].map((path) => ({
    client: `vLLM, ${path}`,
    dialect: `POST ${path}, vLLM`,
    exchanges: [
      {
        method: 'POST' as const,
        path,
        body: { model: MODEL, text_1: query, text_2: documents },
        needs: scoreList,
        breaksWithout: ['data', 'data[].index', 'data[].score'],
        order: ({ data }: z.infer<typeof scoreList>) =>
          data.toSorted((a, b) => b.score - a.score).map(({ index }) => index),
      },
    ],
  })),
];
