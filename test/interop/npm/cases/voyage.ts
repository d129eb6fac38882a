import assert from 'node:assert/strict';
import { VoyageAIClient } from 'voyageai';
import { type Case, documents, expectRanks, expectRefusal, query } from '../case.ts';

export const voyageCases: readonly Case[] = [
  {
    client: 'voyageai (npm), VoyageAIClient',
    packageName: 'voyageai',
    dialect: 'POST /v1/rerank, Voyage',
    async run({ url, key, ranking }) {
      const client = new VoyageAIClient({ apiKey: key, environment: `${url}/v1` });
      const answer = await client.rerank({
        model: 'rerank-2.5',
        query,
        documents,
        topK: 3,
        returnDocuments: true,
        truncation: true,
      });
      expectRanks(
        (answer.data ?? []).map(({ index = -1, relevanceScore = Number.NaN }) => ({
          index,
          score: relevanceScore,
        })),
        ranking.slice(0, 3),
      );
      assert.equal(answer.data?.[0]?.document, documents[ranking[0]?.index ?? -1]);
      assert.ok((answer.usage?.totalTokens ?? 0) > 0, 'usage.total_tokens is missing');
      const stranger = new VoyageAIClient({ apiKey: 'wrong', environment: `${url}/v1` });
      await expectRefusal(stranger.rerank({ model: 'any', query, documents }), /needs an API key/);
    },
  },
];
