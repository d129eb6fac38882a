import type { DescribedAnswer, DescribedOperation, Tag } from '../described-operation.ts';
import type { JsonSchema, SchemaName } from '../schemas/named-schemas.ts';

const json = (description: string, schema: SchemaName): DescribedAnswer => ({
  description,
  schemas: [schema],
});

/** What most GET routes are: a question without parameters. */
function question(
  tag: Tag,
  path: string,
  id: string,
  summary: string,
  answers: DescribedOperation['answers'],
): DescribedOperation {
  return { method: 'GET', audience: 'everybody', path, id, tag, summary, answers };
}

const withKey = (operation: DescribedOperation): DescribedOperation => ({ ...operation, audience: 'api' });

const health = {
  200: json('It does', 'HealthyAnswer'),
  503: json('It does not', 'UnhealthyAnswer'),
};

const notReady: DescribedAnswer = { ...json('It should not', 'NotReadyAnswer'), headers: ['Retry-After'] };

const unchanged: DescribedAnswer = {
  description: 'The client has this version already',
  headers: ['ETag'],
};

const consoleFile: DescribedAnswer = {
  description: 'A file, unless RERANK_CONSOLE is off',
  mediaType: 'text/html',
  headers: ['ETag'],
};

const file = (mediaType: string, schema: JsonSchema): DescribedOperation['answers'] => ({
  200: { description: 'The page', mediaType, schema, headers: ['ETag'] },
  304: unchanged,
});

const FROM_CACHE = { parameters: ['If-None-Match'] };

/** Routes that change nothing. */
export const questions: readonly DescribedOperation[] = [
  withKey(
    question('Models', '/models', 'listModels', 'What serves, what served, what could', {
      200: json('The models', 'ModelsAnswer'),
    }),
  ),
  withKey(
    question('Models', '/info', 'getInfo', 'The model that serves, and the limits of requests', {
      200: json('In the field names of text-embeddings-inference where it has them', 'InfoAnswer'),
    }),
  ),
  question('Probes', '/healthz', 'checkHealth', 'Does inference work?', health),
  question('Probes', '/livez', 'checkLiveness', 'Does the process answer?', {
    200: json('It does', 'LiveAnswer'),
  }),
  question('Probes', '/readyz', 'checkReadiness', 'Should the server get requests now?', {
    200: json('It should', 'ReadyAnswer'),
    503: notReady,
  }),
  question('Probes', '/startupz', 'checkStartup', 'Has the first model been loaded?', {
    200: json('It has', 'StartedAnswer'),
    503: { ...json('Not yet', 'StartingAnswer'), headers: ['Retry-After'] },
  }),
  question('Probes', '/metrics', 'getMetrics', 'Figures for Prometheus', {
    200: { description: 'In the text format 0.0.4', mediaType: 'text/plain' },
  }),
  question('Other servers', '/health', 'checkHealthLikeTei', 'As /healthz', health),
  question('Other servers', '/ping', 'ping', 'As /healthz', health),
  question('Other servers', '/.well-known/live', 'checkLivenessLikeWeaviate', 'As /livez, for Weaviate', {
    204: { description: 'It does' },
  }),
  question('Other servers', '/.well-known/ready', 'checkReadinessLikeWeaviate', 'As /readyz, for Weaviate', {
    204: { description: 'It should' },
    503: notReady,
  }),
  question('Other servers', '/meta', 'getMeta', 'The model that serves, for Weaviate', {
    200: json('The model', 'MetaAnswer'),
  }),
  withKey(
    question(
      'Other servers',
      '/v1/models',
      'listModelCards',
      'The model that serves, under each of its names',
      {
        200: json('As OpenAI lists models', 'ModelCards'),
      },
    ),
  ),
  {
    ...withKey(
      question(
        'Other servers',
        '/v1/models/*id',
        'getModelCard',
        'The model that requests under a name get',
        {
          200: json('The model', 'ModelCard'),
        },
      ),
    ),
    parameters: ['model'],
    errors: [404, 503],
  },
  question(
    'Other servers',
    '/v1/cluster/auth',
    'getClusterAuth',
    'Whether one has to log in, for Xinference',
    {
      200: json('One has not: a key is enough', 'ClusterAuthAnswer'),
    },
  ),
  withKey(
    question('Pages', '/ui/stats', 'getStats', 'Figures since the start, for the console', {
      200: json('The figures', 'StatsAnswer'),
    }),
  ),
  {
    ...question('Pages', '/ui', 'getConsole', 'The console: ask the model, watch it, change it', {
      200: consoleFile,
      304: unchanged,
      307: { description: 'The page is at /ui/', mediaType: '*/*' },
    }),
    ...FROM_CACHE,
  },
  {
    ...question('Pages', '/ui/*asset', 'getConsoleFile', 'What the console is made of', {
      200: { ...consoleFile, mediaType: '*/*' },
      304: unchanged,
    }),
    parameters: ['asset', 'If-None-Match'],
    errors: [404],
  },
  {
    ...question(
      'Pages',
      '/openapi.json',
      'getOpenApi',
      'This document',
      file('application/json', { type: 'object' }),
    ),
    ...FROM_CACHE,
  },
  {
    ...question(
      'Pages',
      '/docs',
      'getDocs',
      'This document as a page',
      file('text/html', { type: 'string' }),
    ),
    ...FROM_CACHE,
  },
];
