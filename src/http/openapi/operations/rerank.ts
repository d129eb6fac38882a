import type { DescribedAnswer, DescribedOperation, Example } from '../described-operation.ts';

const query = 'What causes the tides?';
const documents = [
  'Yeast makes bread rise.',
  'Tides are caused by the pull of the moon.',
  'The moon has craters.',
];

const rerankExamples: Readonly<Record<string, Example>> = {
  plain: { summary: 'A query and documents', value: { query, documents } },
  cohere: {
    summary: 'The best two with their documents, as Cohere and Jina clients ask',
    value: { model: 'rerank-v3.5', query, documents, top_n: 2, return_documents: true },
  },
  fields: {
    summary: 'Documents that are objects',
    value: {
      query,
      documents: [
        { title: 'Bread', body: 'Yeast makes it rise.' },
        { title: 'Tides', body: 'The moon pulls at the sea.' },
      ],
      rank_fields: ['title', 'body'],
    },
  },
  long: {
    summary: 'Long documents, scored in windows',
    value: { query, documents, long_document: 'max_passage', max_chunks_per_doc: 4, overlap_tokens: 16 },
  },
  tei: {
    summary: 'As clients of text-embeddings-inference ask: the answer is a bare array',
    value: { query, texts: documents, raw_scores: true, return_text: true },
  },
  weaviate: {
    summary: 'As Weaviate asks: scores in the order of the request',
    value: { query, documents, property: '' },
  },
};

const scoreExamples: Readonly<Record<string, Example>> = {
  one: { summary: 'One text with many', value: { text_1: query, text_2: documents } },
  pairs: {
    summary: 'Pairs',
    value: { text_1: [query, 'What has craters?'], text_2: [documents[1], documents[2]] },
  },
};

const SCORED_HEADERS = [
  'x-model',
  'x-model-digest',
  'x-model-generation',
  'x-truncated',
  'x-compute-tokens',
  'x-total-time',
  'x-tokenization-time',
  'x-queue-time',
  'x-inference-time',
];

const scored = (
  schemas: NonNullable<DescribedAnswer['schemas']>,
): Readonly<Record<number, DescribedAnswer>> => ({
  200: { description: 'The scores, all of them by one model', schemas, headers: SCORED_HEADERS },
});

const common = {
  method: 'POST',
  tag: 'Rerank',
  audience: 'api',
  parameters: ['X-Request-Timeout'],
  errors: [404, 422, 503, 504],
} as const;

const rerank = (path: string, id: string, summary: string): DescribedOperation => ({
  ...common,
  path,
  id,
  summary,
  description:
    'The keys of the body decide what is answered, never the path. Null counts as absent in every optional field; unknown fields are ignored.',
  request: {
    schemas: ['RerankRequest', 'TeiRequest', 'WeaviateRequest'],
    isRequired: true,
    examples: rerankExamples,
  },
  answers: scored(['RerankAnswer', 'TeiAnswer', 'WeaviateAnswer']),
});

const score = (path: string, id: string, summary: string): DescribedOperation => ({
  ...common,
  path,
  id,
  summary,
  description: 'Exactly one pair of names is used: text_1 and text_2, or one of their other names.',
  request: { schemas: ['ScoreRequest'], isRequired: true, examples: scoreExamples },
  answers: scored(['ScoreAnswer']),
});

export const rerankOperations: readonly DescribedOperation[] = [
  rerank('/rerank', 'rerank', 'Ranks documents by how well they answer a query'),
  rerank('/v1/rerank', 'rerankV1', 'The same, where clients of Cohere v1, Jina and vLLM look for it'),
  rerank('/v2/rerank', 'rerankV2', 'The same, where clients of Cohere v2 look for it'),
  rerank('/reranking', 'reranking', 'The same, where clients of llama.cpp look for it'),
  rerank('/v1/reranking', 'rerankingV1', 'The same, where clients of llama.cpp look for it'),
  score('/score', 'score', 'Scores pairs of texts, in the order of the request'),
  score('/v1/score', 'scoreV1', 'The same, where clients of vLLM look for it'),
  {
    method: 'POST',
    path: '/compare',
    id: 'compareModels',
    tag: 'Rerank',
    audience: 'admin',
    summary: 'Scores by two models, while a second one is loaded',
    description:
      'The model that serves, and the one beside it: a candidate that scores live requests ("shadow" of an update), or the model before while the new one is on probation. 404 while there is no second one.',
    request: {
      schemas: ['CompareRequest'],
      isRequired: true,
      examples: { plain: { summary: 'A query and documents', value: { query, documents } } },
    },
    answers: { 200: { description: 'What each of them makes of it', schemas: ['CompareAnswer'] } },
    errors: [404, 503, 504],
  },
];
