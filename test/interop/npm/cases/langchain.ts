import assert from 'node:assert/strict';
import { CohereRerank } from '@langchain/cohere';
import { Document } from '@langchain/core/documents';
import { CohereClient } from 'cohere-ai-7';
import { type Case, documents, expectRanks, query } from '../case.ts';

export const langchainCases: readonly Case[] = [
  {
    client: '@langchain/cohere (npm), CohereRerank',
    packageName: '@langchain/cohere',
    dialect: 'POST /v1/rerank, Cohere v1',
    async run({ url, key, ranking }) {
      const client = new CohereClient({ token: key, environment: url });
      const reranker = new CohereRerank({ client, model: 'rerank-v3.5', topN: 3 });
      const ranks = await reranker.rerank(documents, query);
      expectRanks(
        ranks.map(({ index, relevanceScore }) => ({ index, score: relevanceScore })),
        ranking.slice(0, 3),
      );
      const pages = documents.map((pageContent) => new Document({ pageContent }));
      const kept = await reranker.compressDocuments(pages, query);
      assert.deepEqual(
        kept.map(({ pageContent, metadata }) => [pageContent, metadata.relevanceScore]),
        ranking.slice(0, 3).map(({ index, score }) => [documents[index], score]),
      );
    },
  },
];
