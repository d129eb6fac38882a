import {
  errorResponses,
  errors,
  headerPointers,
  headers,
  parameters,
  securitySchemes,
} from './common-parts.ts';
import type { DescribedAnswer, DescribedOperation } from './described-operation.ts';
import { questions } from './operations/questions.ts';
import { rerankOperations } from './operations/rerank.ts';
import { updateOperations } from './operations/updates.ts';
import { namedSchemas, type SchemaName, schemaPointer } from './schemas/named-schemas.ts';

/** What can happen to any request before a route sees it, and to its route. */
const ALWAYS = [400, 408, 417, 431, 500];
const WITH_BODY = [413, 415];
const WITH_KEY = [401, 429];
/** With RERANK_ADMIN_PORT, on the other port. */
const ADMIN = [404];

const RATE_LIMIT = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

const TAGS = {
  Rerank: 'Scores for documents. The fields of the common rerank APIs are understood on every path',
  Models: 'What serves and what could',
  Updates: 'Changing the model under load',
  Probes: 'For Kubernetes and Prometheus',
  'Other servers': 'What clients of other rerank servers ask first',
  Pages: 'Of this server about itself',
};

export const describedOperations: readonly DescribedOperation[] = [
  ...rerankOperations,
  ...updateOperations,
  ...questions,
];

/**
 * The OpenAPI 3.1 document of this server, out of the schemas that validate its requests and type its answers.
 * @param version of the server.
 */
export function openApiDocument(version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'rerankd',
      version,
      summary: 'A reranker server that changes its model under load',
      description: [
        'Every request that is not answered as asked gets one shape of error: `message` says what is wrong, `detail` what to do, and `error_type` is for programs.',
        'Keys are needed where the server has some: RERANK_API_KEY for requests, RERANK_ADMIN_KEY for changes. Without an admin key, only programs on the same machine may change the model. With RERANK_ADMIN_PORT, the routes under Updates are on that port only.',
      ].join('\n\n'),
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: paths(describedOperations),
    components: {
      schemas: namedSchemas(),
      responses: errorResponses(),
      examples: examples(describedOperations),
      parameters,
      headers,
      securitySchemes,
    },
  };
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

/** `/update/:id` of Express is `/update/{id}` here. */
export function openApiPath(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, '{$1}');
}

function paths(operations: readonly DescribedOperation[]) {
  const byPath: Record<string, Record<string, ReturnType<typeof describe>>> = {};
  for (const operation of operations) {
    const path = (byPath[openApiPath(operation.path)] ??= {});
    path[operation.method.toLowerCase()] = describe(operation);
  }
  return byPath;
}

function describe(operation: DescribedOperation) {
  const { id, tag, summary, description, audience, request, answers } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(operation.parameters !== undefined && {
      parameters: operation.parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    }),
    ...(request !== undefined && {
      requestBody: {
        required: request.isRequired,
        content: {
          'application/json': { schema: anyOf(request.schemas), examples: examplePointers(operation) },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer, audience)]),
      ),
      ...Object.fromEntries(statusesOfErrors(operation).map((status) => [status, errorPointer(status)])),
    },
    security: audience === 'everybody' ? [] : Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
  };
}

function describeAnswer(answer: DescribedAnswer, audience: DescribedOperation['audience']) {
  const names = ['x-request-id', ...(answer.headers ?? []), ...(audience === 'api' ? RATE_LIMIT : [])];
  const content = contentOf(answer);
  return {
    description: answer.description,
    headers: headerPointers(names),
    ...(content !== undefined && { content }),
  };
}

function contentOf({ schemas, mediaType, schema = { type: 'string' } }: DescribedAnswer) {
  if (schemas !== undefined) return { 'application/json': { schema: anyOf(schemas) } };
  return mediaType === undefined ? undefined : { [mediaType]: { schema } };
}

/** Of the errors that a route may answer, without those that are answers of its own. */
export function statusesOfErrors({
  audience,
  request,
  errors: own = [],
  answers,
}: DescribedOperation): number[] {
  const all = new Set([
    ...ALWAYS,
    ...(request === undefined ? [] : WITH_BODY),
    ...(audience === 'everybody' ? [] : WITH_KEY),
    ...(audience === 'admin' ? ADMIN : []),
    ...own,
  ]);
  return [...all].filter((status) => !(status in answers)).toSorted((a, b) => a - b);
}

function errorPointer(status: number) {
  return { $ref: `#/components/responses/${errors[status]?.name}` };
}

/** Routes of one kind share their examples. */
function exampleName({ request }: DescribedOperation, name: string): string {
  return `${request?.schemas[0]}-${name}`;
}

function examples(operations: readonly DescribedOperation[]) {
  return Object.fromEntries(
    operations.flatMap((operation) =>
      Object.entries(operation.request?.examples ?? {}).map(([name, example]) => [
        exampleName(operation, name),
        example,
      ]),
    ),
  );
}

function examplePointers(operation: DescribedOperation) {
  return Object.fromEntries(
    Object.keys(operation.request?.examples ?? {}).map((name) => [
      name,
      { $ref: `#/components/examples/${exampleName(operation, name)}` },
    ]),
  );
}

function anyOf(names: readonly SchemaName[]) {
  const pointers = names.map((name) => ({ $ref: schemaPointer(name) }));
  return pointers.length === 1 ? pointers[0] : { anyOf: pointers };
}
