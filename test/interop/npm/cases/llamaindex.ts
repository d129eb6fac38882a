import assert from 'node:assert/strict';
import { CohereRerank } from '@llamaindex/cohere';
import { MetadataMode, TextNode } from '@llamaindex/core/schema';
import { type Case, documents, query } from '../case.ts';

export const llamaindexCases: readonly Case[] = [
  {
    client: '@llamaindex/cohere (npm), CohereRerank',
    packageName: '@llamaindex/cohere',
    dialect: 'POST /v1/rerank, Cohere v1',
    async run({ url, key, ranking }) {
      const reranker = new CohereRerank({
        apiKey: key,
        baseUrl: url,
        topN: 2,
        model: 'rerank-v3.5',
        timeout: 10,
      });
      const nodes = documents.map((text) => ({ node: new TextNode({ text }), score: 0 }));
      const kept = await reranker.postprocessNodes(nodes, query);
      assert.deepEqual(
        kept.map(({ node, score }) => [node.getContent(MetadataMode.NONE), score]),
        ranking.slice(0, 2).map(({ index, score }) => [documents[index], score]),
      );
    },
  },
];
