import assert from 'node:assert/strict';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { type Case, documents, expectRanks, expectRefusal, query } from '../case.ts';

const MODEL = 'rerank-v3.5';

interface CohereAnswer {
  readonly id?: string;
  readonly results: readonly { readonly index: number; readonly relevanceScore: number }[];
}

const ranks = ({ results }: CohereAnswer) =>
  results.map(({ index, relevanceScore }) => ({ index, score: relevanceScore }));

export const cohereCases: readonly Case[] = [
  {
    client: 'cohere-ai (npm), CohereClient',
    packageName: 'cohere-ai',
    dialect: 'POST /v1/rerank, Cohere v1',
    async run({ url, key, ranking }) {
      const client = new CohereClient({ token: key, environment: url });
      expectRanks(ranks(await client.rerank({ model: MODEL, query, documents })), ranking);
      expectRanks(ranks(await client.rerank({ query, documents, topN: 2 })), ranking.slice(0, 2));
      const fields = documents.map((text, index) => ({ title: `${index}`, text }));
      const answer = await client.rerank({
        model: MODEL,
        query,
        documents: fields,
        rankFields: ['text'],
        returnDocuments: true,
        maxChunksPerDoc: 3,
      });
      expectRanks(ranks(answer), ranking);
      assert.equal(answer.results[0]?.document?.text, documents[ranking[0]?.index ?? -1]);
      const stranger = new CohereClient({ token: 'wrong', environment: url, maxRetries: 0 });
      await expectRefusal(stranger.rerank({ query, documents }), /needs an API key/);
    },
  },
  {
    client: 'cohere-ai (npm), CohereClientV2',
    packageName: 'cohere-ai',
    dialect: 'POST /v2/rerank, Cohere v2',
    async run({ url, key, ranking }) {
      const client = new CohereClientV2({ token: key, environment: url });
      const answer = await client.rerank({ model: MODEL, query, documents, maxTokensPerDoc: 4096 });
      expectRanks(ranks(answer), ranking);
      assert.equal(typeof answer.id, 'string');
      assert.equal(answer.meta?.apiVersion?.version, '2');
      const best = await client.rerank({ model: MODEL, query, documents, topN: 1, priority: 3 });
      expectRanks(ranks(best), ranking.slice(0, 1));
      const refused = client.rerank({ model: MODEL, query, documents: [] });
      await expectRefusal(refused, /at least one document/);
    },
  },
];
