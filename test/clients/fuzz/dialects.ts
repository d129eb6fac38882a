import fc from 'fast-check';

/** A request that is as it should be. */
export interface ValidRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const query = fc.constantFrom('What is the capital of France?', 'ship', 'フランスの首都', 'a b c');
const text = fc.constantFrom(
  'Paris is the capital of France.',
  'Two eggs and flour.',
  '',
  'x',
  'harbour '.repeat(60),
);
const texts = fc.array(text, { minLength: 1, maxLength: 4 });
const model = fc.constantFrom('rerank-v3.5', 'BAAI/bge-reranker-v2-m3', null, '');
const count = fc.constantFrom<unknown>(null, 0, -1, 1, 2, 1000);
const flag = fc.constantFrom<unknown>(true, false, 'true', 'false', null);
const document = fc.oneof(
  text,
  text.map((value) => ({ text: value })),
  text.map((value) => ({ title: 'A title', body: value, year: 1998, tags: ['a', 'b'] })),
  text.map((value) => ({ content: [{ type: 'text', text: value }] })),
);
const documents = fc.array(document, { minLength: 1, maxLength: 4 });

function dialect(
  paths: readonly string[],
  body: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<ValidRequest> {
  return fc.record({ path: fc.constantFrom(...paths), body });
}

const optional = { requiredKeys: [] as [] };

/** Fields that a request may have or not, beside those that it must have. */
function withOptions(
  required: Record<string, fc.Arbitrary<unknown>>,
  options: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(fc.record(required), fc.record(options, optional))
    .map(([must, may]) => ({ ...must, ...may }));
}

const RERANK = ['/rerank', '/v1/rerank', '/v2/rerank', '/reranking', '/v1/reranking'] as const;

const longDocuments = {
  max_tokens_per_doc: fc.constantFrom<unknown>(null, 1, 16, 4096),
  long_document: fc.constantFrom<unknown>('truncate', 'max_passage', null),
  max_chunks_per_doc: fc.constantFrom<unknown>(null, 1, 10),
  overlap_tokens: fc.constantFrom<unknown>(null, 0, 32),
};

const cohere = dialect(
  RERANK,
  withOptions(
    { query, documents },
    {
      model,
      top_n: count,
      return_documents: flag,
      rank_fields: fc.constantFrom<unknown>(null, ['text'], ['title', 'body'], ['missing']),
      priority: fc.constant(1),
      ...longDocuments,
    },
  ),
);
const voyage = dialect(
  ['/v1/rerank', '/rerank'],
  withOptions({ query, documents: texts, model }, { top_k: count, truncation: flag, return_documents: flag }),
);
const vllm = dialect(
  RERANK,
  withOptions(
    { query, documents: texts },
    {
      model,
      truncate_prompt_tokens: fc.constantFrom<unknown>(null, -1, 8, 64),
      truncation_side: fc.constantFrom<unknown>('left', 'right', null),
      use_activation: flag,
      raw_scores: flag,
    },
  ),
);
const tei = dialect(
  RERANK,
  withOptions(
    { query, texts },
    {
      truncate: flag,
      strict_truncation: flag,
      truncation_direction: fc.constantFrom<unknown>('Left', 'Right', 'left', 'RIGHT', null),
      raw_scores: flag,
      return_text: flag,
      top_n: count,
      'model-id': model,
    },
  ),
);
const weaviate = dialect(
  ['/rerank'],
  fc.record({ query, documents: texts, property: fc.constantFrom('', 'title') }),
);
const xinference = dialect(
  ['/v1/rerank'],
  fc.record({
    model,
    query,
    documents: texts,
    top_n: fc.constant(null),
    max_chunks_per_doc: fc.constant(null),
    return_documents: fc.constant('true'),
    kwargs: fc.constant('{}'),
  }),
);
const score = dialect(
  ['/score', '/v1/score'],
  fc.oneof(
    fc.record({ model, text_1: query, text_2: texts }),
    fc.record({ model, text_1: query, text_2: text }),
    texts.map((both) => ({ text_1: both, text_2: both })),
    fc.record({ queries: query, documents: texts }),
  ),
);

/** A valid request of each dialect. */
export const validRequest = fc.oneof(cohere, voyage, vllm, tei, weaviate, xinference, score);
