import { z } from 'zod';
import { documents, query, type RecordedClient } from './exchange.ts';
import * as parsers from './parsers.ts';

const MODEL = 'bge-reranker-v2-m3';
const bearer = { authorization: 'Bearer key' };

/** Dify refuses a server whose /info names another kind of model first. */
const difyInfo = z.object({
  model_type: z.record(z.string(), z.unknown()).refine((kinds) => Object.keys(kinds)[0] === 'reranker'),
  max_input_length: z.int(),
  max_client_batch_size: z.int(),
});

/** Applications and servers whose reranker is set up by an address. */
export const applications: readonly RecordedClient[] = [
  {
    client: 'Open WebUI, external reranker',
    dialect: 'POST /v1/rerank, Cohere v1',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: { ...bearer, 'x-openwebui-user-name': 'A%20user', 'x-openwebui-user-role': 'admin' },
        body: { model: MODEL, query, documents, top_n: documents.length },
        // It drops what is below the threshold of its user.
        needs: parsers.allResults.and(parsers.thresholdResults),
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
    ],
  },
  {
    client: 'FastGPT',
    dialect: 'POST /rerank, Cohere v1',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        headers: bearer,
        body: { model: MODEL, query, documents },
        needs: parsers.results,
        breaksWithout: parsers.RESULTS,
        // It never sorts.
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'LightRAG, rerank functions',
    dialect: 'POST /rerank, Jina',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        headers: bearer,
        body: { model: MODEL, query, documents, top_n: documents.length, return_documents: false },
        needs: parsers.results,
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
    ],
  },
  {
    client: 'RAGFlow, Hugging Face',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        body: { query, texts: documents, raw_scores: false, truncate: true },
        needs: parsers.ranks,
        breaksWithout: parsers.RANKS,
        order: parsers.byRankScore,
      },
    ],
  },
  {
    client: 'RAGFlow, Xinference',
    dialect: 'POST /v1/rerank, Xinference',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: { ...bearer, accept: 'application/json' },
        // Booleans as strings.
        body: { model: MODEL, query, documents, return_documents: 'true', return_len: 'true' },
        needs: parsers.results,
        breaksWithout: parsers.RESULTS,
        order: parsers.byScore,
      },
    ],
  },
  {
    client: 'Dify, OpenAI-API-compatible',
    dialect: 'POST /v1/rerank, Cohere v1',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: bearer,
        body: { model: MODEL, query, documents, top_n: 2, return_documents: true },
        needs: parsers.thresholdResults.and(parsers.resultsWithDocuments),
        breaksWithout: parsers.RESULTS_WITH_DOCUMENTS,
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'Dify, TEI',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      { method: 'GET', path: '/info', needs: difyInfo, breaksWithout: ['model_type'] },
      {
        method: 'POST',
        path: '/rerank',
        body: { query, texts: documents, return_text: true },
        needs: parsers.ranksWithTexts,
        breaksWithout: [...parsers.RANKS, '[].text'],
        order: parsers.inOrderOfRanks,
      },
    ],
  },
  ...['Jina', 'LocalAI', 'GPUStack'].map((provider) => ({
    client: `Dify, ${provider}`,
    dialect: `POST /v1/rerank, ${provider}`,
    exchanges: [
      {
        method: 'POST' as const,
        path: '/v1/rerank',
        headers: bearer,
        body: { model: MODEL, query, documents, top_n: null, return_documents: true },
        needs: parsers.thresholdResults.and(parsers.resultsWithDocuments),
        breaksWithout: parsers.RESULTS_WITH_DOCUMENTS,
        order: parsers.inOrder,
      },
    ],
  })),
  {
    client: 'LocalAI',
    dialect: 'POST /v1/rerank, Jina',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        body: { model: MODEL, query, documents, top_n: 3 },
        needs: parsers.results.extend({
          usage: z.object({ total_tokens: z.int(), prompt_tokens: z.int() }),
          model: z.string(),
        }),
        breaksWithout: [...parsers.RESULTS, 'usage', 'model'],
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'GPUStack',
    dialect: 'POST /v1/rerank, Jina',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: bearer,
        body: { model: MODEL, query, documents, top_n: null, return_documents: null },
        needs: parsers.results,
        breaksWithout: parsers.RESULTS,
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'n8n, Cohere reranker',
    dialect: 'POST /v2/rerank, Cohere v2',
    exchanges: [
      {
        method: 'POST',
        path: '/v2/rerank',
        headers: bearer,
        body: { model: 'rerank-v3.5', query, documents, top_n: 3 },
        needs: parsers.results,
        breaksWithout: parsers.RESULTS,
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'Flowise, Cohere rerank retriever',
    dialect: 'POST /v1/rerank, Cohere v1',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: { ...bearer, accept: 'application/json' },
        // `topN`, and Cohere's own names beside it.
        body: {
          model: 'rerank-v3.5',
          topN: 3,
          max_chunks_per_doc: 10,
          query,
          return_documents: false,
          documents,
        },
        needs: parsers.results.refine(({ results }) => results.length === 3),
        breaksWithout: parsers.RESULTS,
        order: parsers.inOrder,
      },
    ],
  },
  {
    client: 'R2R',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      {
        method: 'POST',
        path: '/rerank',
        body: { query, texts: documents, 'model-id': MODEL },
        needs: parsers.ranks,
        breaksWithout: parsers.RANKS,
        order: parsers.inOrderOfRanks,
      },
    ],
  },
  {
    client: 'Continue, huggingface-tei',
    dialect: 'POST /rerank, TEI',
    exchanges: [
      {
        method: 'GET',
        path: '/info',
        needs: z.object({ model_id: z.string() }),
        breaksWithout: ['model_id'],
      },
      {
        method: 'POST',
        path: '/rerank',
        body: {
          query,
          return_text: false,
          raw_scores: false,
          texts: documents,
          truncation_direction: 'Right',
        },
        needs: parsers.ranks,
        breaksWithout: parsers.RANKS,
        order: parsers.byRankScore,
      },
    ],
  },
  {
    client: 'Continue, voyage',
    dialect: 'POST /v1/rerank, Voyage',
    exchanges: [
      {
        method: 'POST',
        path: '/v1/rerank',
        headers: bearer,
        body: { query, documents, model: 'rerank-2' },
        needs: z.object({
          data: z.array(z.object({ index: z.int(), relevance_score: z.number() })).length(documents.length),
        }),
        breaksWithout: ['data', 'data[].index', 'data[].relevance_score'],
        order: ({ data }: { data: { index: number }[] }) => data.map(({ index }) => index),
      },
    ],
  },
];
