import assert from 'node:assert/strict';
import { createCohere } from '@ai-sdk/cohere';
import { createTogetherAI } from '@ai-sdk/togetherai';
import { rerank } from 'ai';
import { type Case, documents, expectRanks, expectRefusal, query } from '../case.ts';

export const aiSdkCases: readonly Case[] = [
  {
    client: 'AI SDK (npm), @ai-sdk/cohere',
    packageName: '@ai-sdk/cohere',
    dialect: 'POST /v2/rerank, Cohere v2',
    async run({ url, key, ranking }) {
      const model = createCohere({ apiKey: key, baseURL: `${url}/v2` }).reranking('rerank-v3.5');
      const { ranking: got } = await rerank({ model, query, documents, topN: 3 });
      expectRanks(
        got.map(({ originalIndex, score }) => ({ index: originalIndex, score })),
        ranking.slice(0, 3),
      );
      const stranger = createCohere({ apiKey: 'wrong', baseURL: `${url}/v2` }).reranking('rerank-v3.5');
      // The error schema of Cohere reads `message`.
      await expectRefusal(rerank({ model: stranger, query, documents, maxRetries: 0 }), /needs an API key/);
    },
  },
  {
    client: 'AI SDK (npm), @ai-sdk/togetherai',
    packageName: '@ai-sdk/togetherai',
    dialect: 'POST /v1/rerank, Together',
    async run({ url, key, ranking }) {
      const model = createTogetherAI({ apiKey: key, baseURL: `${url}/v1` }).reranking(
        'Salesforce/Llama-Rank-v1',
      );
      const { ranking: got } = await rerank({ model, query, documents });
      expectRanks(
        got.map(({ originalIndex, score }) => ({ index: originalIndex, score })),
        ranking,
      );
      const objects = documents.map((text, index) => ({ title: `Page ${index}`, text }));
      const byField = await rerank({
        model,
        query,
        documents: objects,
        topN: 2,
        providerOptions: { togetherai: { rankFields: ['text'] } },
      });
      expectRanks(
        byField.ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score })),
        ranking.slice(0, 2),
      );
      const stranger = createTogetherAI({ apiKey: 'wrong', baseURL: `${url}/v1` }).reranking('any');
      // Its error schema wants an object, and Weaviate and TEI want a string: it falls back on the status.
      const refused = rerank({ model: stranger, query, documents, maxRetries: 0 });
      await assert.rejects(refused, { statusCode: 401 });
    },
  },
];
