import type { DescribedAnswer, DescribedOperation } from '../described-operation.ts';
import { schemaPointer } from '../schemas/named-schemas.ts';

const started: Readonly<Record<number, DescribedAnswer>> = {
  200: { description: 'It is done', schemas: ['ChangeAnswer'], headers: ['Location'] },
  202: {
    description: 'It has begun; only with the header "Prefer: respond-async"',
    schemas: ['AcceptedAnswer'],
    headers: ['Location', 'Preference-Applied'],
  },
};

/** What may go wrong on the way to another model. */
const CHANGE_ERRORS = [403, 404, 409, 422, 502, 503, 504, 507];

const change = {
  method: 'POST',
  audience: 'admin',
  parameters: ['Idempotency-Key', 'Prefer'],
  answers: started,
  errors: CHANGE_ERRORS,
} as const;

const followed = { audience: 'admin', tag: 'Updates', parameters: ['operation'], errors: [404] } as const;

const operation: DescribedAnswer = { description: 'The operation', schemas: ['Operation'] };

const operationEvent = {
  type: 'object',
  properties: {
    event: { enum: ['operation', 'end'] },
    data: {
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { $ref: schemaPointer('Operation') },
    },
  },
  required: ['event', 'data'],
};

export const updateOperations: readonly DescribedOperation[] = [
  {
    ...change,
    path: '/update',
    id: 'updateModel',
    tag: 'Updates',
    summary: 'Changes the model while others keep asking',
    description:
      'Waits until the new model serves. Whatever goes wrong, the old one keeps serving. One operation at a time; the same request again joins it.',
    request: {
      schemas: ['UpdateRequest'],
      isRequired: true,
      examples: {
        tryOut: {
          summary: 'Everything but the swap',
          value: { model_path: 'local://demo-next', dry_run: true },
        },
        update: { summary: 'Another model', value: { model_path: 'local://demo-next' } },
        careful: {
          summary: 'With checks of its own, and watched in live traffic',
          value: {
            model_path: 'local://demo',
            mode: 'beside',
            gates: { minTop1Overlap: 0.01 },
            probation: { requests: 100, seconds: 60 },
          },
        },
      },
    },
  },
  {
    ...change,
    path: '/rollback',
    id: 'rollbackModel',
    tag: 'Updates',
    summary: 'Goes back to the model before, or to one of the history',
    request: {
      schemas: ['RollbackRequest'],
      isRequired: false,
      examples: {
        before: { summary: 'To the model before', value: {} },
        named: { summary: 'To one of the history', value: { to: 'local://demo' } },
      },
    },
  },
  {
    method: 'GET',
    path: '/update',
    id: 'listOperations',
    tag: 'Updates',
    audience: 'admin',
    summary: 'The operations of late',
    answers: { 200: { description: 'The operations', schemas: ['Operations'] } },
  },
  {
    ...followed,
    method: 'GET',
    path: '/update/:id',
    id: 'getOperation',
    summary: 'How far an operation is, and what it came to',
    answers: { 200: operation },
  },
  {
    ...followed,
    method: 'DELETE',
    path: '/update/:id',
    id: 'cancelOperation',
    summary: 'Gives an operation up, and answers when nothing of it is left',
    answers: { 200: operation },
    errors: [404, 409],
  },
  {
    ...followed,
    method: 'GET',
    path: '/update/:id/events',
    id: 'followOperation',
    summary: 'Follows an operation, as server-sent events',
    description:
      'Each event is named "operation" and its data is the whole operation, as GET /update/{id} answers it. The last one is named "end", and the server closes the connection. Comments keep it open in between.',
    answers: {
      200: {
        description: 'Events until the operation is over',
        mediaType: 'text/event-stream',
        schema: operationEvent,
      },
    },
  },
  {
    ...change,
    path: '/models',
    id: 'preloadModel',
    tag: 'Models',
    summary: 'Makes a model ready without a swap, so that a later update only has to load it',
    request: {
      schemas: ['PreloadRequest'],
      isRequired: true,
      examples: { preload: { summary: 'Another model', value: { model: 'local://demo-next' } } },
    },
  },
];
