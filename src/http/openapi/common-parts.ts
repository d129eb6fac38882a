import { ERROR_STATUS } from '../errors.ts';
import { schemaPointer } from './schemas/named-schemas.ts';

type Part = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const whole = { type: 'integer', minimum: 0 };

/** Headers of answers. */
export const headers: Readonly<Record<string, Part>> = {
  'x-request-id': {
    description: 'The id of the request: its own X-Request-Id, or a new one. The log has it too',
    required: true,
    schema: text,
  },
  'x-model': {
    description: 'The model that gave all the scores, percent-encoded as in a URI',
    required: true,
    schema: text,
  },
  'x-model-digest': {
    description: 'Of its content',
    required: true,
    schema: { type: 'string', pattern: '^sha256:[0-9a-f]+$' },
  },
  'x-model-generation': {
    description: 'Counts the models that the server has loaded',
    required: true,
    schema: whole,
  },
  'x-truncated': {
    description: 'Documents of which a part was not looked at',
    required: true,
    schema: whole,
  },
  'x-compute-tokens': { description: 'Tokens of all pairs', required: true, schema: whole },
  'x-total-time': { description: 'Milliseconds', required: true, schema: whole },
  'x-tokenization-time': { description: 'Milliseconds', required: true, schema: whole },
  'x-queue-time': { description: 'Milliseconds', required: true, schema: whole },
  'x-inference-time': { description: 'Milliseconds', required: true, schema: whole },
  'RateLimit-Limit': {
    description: 'Requests a second. This and the next two only with RERANK_RATE_LIMIT',
    schema: { type: 'number' },
  },
  'RateLimit-Remaining': { description: 'Requests that would be answered right now', schema: whole },
  'RateLimit-Reset': { description: 'Seconds until all of the allowance is back', schema: whole },
  'Retry-After': { description: 'Seconds until trying again makes sense', schema: whole },
  'WWW-Authenticate': { description: 'Bearer', required: true, schema: text },
  Location: { description: 'Where the operation can be followed', required: true, schema: text },
  'Preference-Applied': { description: 'respond-async', required: true, schema: text },
  ETag: { description: 'Of this version, for If-None-Match', required: true, schema: text },
};

/** What requests may say outside of their body. */
export const parameters: Readonly<Record<string, Part>> = {
  'X-Request-Timeout': {
    name: 'X-Request-Timeout',
    in: 'header',
    description:
      'How long the client waits: seconds, or a number with the unit ms or s. The request is given up after that, and refused at once if it would take longer',
    schema: { type: 'string', pattern: '^(?=.*[1-9])[0-9]{1,9}(\\.[0-9]{1,9})?(ms|s)?$' },
    example: '30',
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'Whoever asks again with the same key gets the operation of the first time',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    example: '0b9b3f1e-deploy-42',
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: 'respond-async: the answer is 202 and comes at once; it says where to look (RFC 7240)',
    schema: text,
    example: 'respond-async',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of what the client has: 304 if it is still the same',
    schema: text,
  },
  operation: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'The id of an operation; the answer that started it has it',
    schema: text,
  },
  asset: {
    name: 'asset',
    in: 'path',
    required: true,
    description: 'The path of the file below /ui/, whose slashes are sent as they are',
    schema: text,
    example: 'main.js',
  },
  model: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'A name of the model that serves; a slash in it may be sent as it is or as %2F',
    schema: text,
  },
};

/** Any one of them is enough. */
export const securitySchemes: Readonly<Record<string, Part>> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of RERANK_API_KEY, or of RERANK_ADMIN_KEY. Without the word Bearer it is taken too',
  },
  'x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key' },
  'api-key': { type: 'apiKey', in: 'header', name: 'api-key', description: 'The same key' },
};

const RETRY = ['Retry-After'];

interface DescribedError {
  readonly name: string;
  readonly description: string;
  readonly headers?: readonly string[];
}

/** What each status of an error means, whichever route it comes from. */
export const errors: Readonly<Record<number, DescribedError>> = {
  400: { name: 'BadRequest', description: 'The request is wrong; `detail` says what to change' },
  401: { name: 'Unauthorized', description: 'The key is missing or wrong', headers: ['WWW-Authenticate'] },
  403: { name: 'Forbidden', description: 'The reference leads to where no model may come from' },
  404: { name: 'NotFound', description: 'There is no such thing here' },
  408: { name: 'TooSlow', description: 'The request did not arrive in time' },
  409: { name: 'Conflict', description: 'Another operation is under way; `detail` names it' },
  413: { name: 'TooLarge', description: 'The body is too large, or the list of documents too long' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not sent as JSON' },
  417: { name: 'ExpectationFailed', description: 'The header Expect asks for what the server does not do' },
  422: { name: 'Unprocessable', description: 'The request is understood and can not be carried out' },
  429: {
    name: 'Overloaded',
    description: 'Too much at once; Retry-After says when to come back',
    headers: RETRY,
  },
  431: { name: 'HeadersTooLarge', description: 'The headers are too long or too many' },
  500: { name: 'Internal', description: 'A fault of the server; its log says more under the x-request-id' },
  502: { name: 'SourceFailed', description: 'The place that the model comes from failed' },
  503: { name: 'Unavailable', description: 'Not now: it starts, changes or ends', headers: RETRY },
  504: { name: 'Timeout', description: 'It took longer than it may, or than the client would wait' },
  507: { name: 'InsufficientStorage', description: 'The disk has no room for the model' },
};

/** Errors as responses that operations refer to. */
export function errorResponses(): Readonly<Record<string, Part>> {
  return Object.fromEntries(
    Object.entries(errors).map(([status, { name, description, headers: own = [] }]) => {
      const types = Object.entries(ERROR_STATUS).flatMap(([type, of]) =>
        of === Number(status) ? [type] : [],
      );
      const known = types.length === 0 ? ['invalid_request'] : types;
      return [
        name,
        {
          description: `${description}. \`error_type\`: ${known.join(', ')}`,
          ...(own.length > 0 && { headers: headerPointers(own) }),
          content: { 'application/json': { schema: { $ref: schemaPointer('Error') } } },
        },
      ];
    }),
  );
}

/** References to headers that the document describes once, in `components`. */
export function headerPointers(names: readonly string[]): Part {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
