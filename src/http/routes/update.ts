import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ServiceError } from '../../errors.ts';
import type { UpdateOutcome, Updater } from '../../serving/updater.ts';
import { validate } from '../validate.ts';

const LONGEST_REFERENCE = 4096;

const reference = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must not be empty' })
  .max(LONGEST_REFERENCE, { error: `must not be longer than ${LONGEST_REFERENCE} characters` });

const updateSchema = z.object({
  model_path: reference.nullish(),
  model: reference.nullish(),
  mode: z.enum(['auto', 'beside'], { error: 'must be "auto" or "beside"' }).nullish(),
});

const rollbackSchema = z.object({ to: reference.nullish() });

type Started = ReturnType<Updater['update']>;

/** POST /update: waits for the outcome, or answers at once when the client prefers that. */
export function updateRoute(updater: Updater): RequestHandler {
  return respondWith((body) => {
    const { model_path, model } = validate(updateSchema, body);
    const target = model_path ?? model;
    if (target == null) {
      throw new ServiceError('invalid_request', 'model_path is missing', {
        detail: 'Say which model to change to, for example {"model_path": "local://demo-next"}.',
      });
    }
    return updater.update(target);
  });
}

/** POST /rollback: back to the model before, or to one of the history. */
export function rollbackRoute(updater: Updater): RequestHandler {
  return respondWith((body) => updater.rollback(validate(rollbackSchema, body ?? {}).to ?? undefined));
}

/** GET /update/:id */
export function operationRoute(updater: Updater): RequestHandler {
  return (request, response) => {
    response.json(updater.report(String(request.params.id)));
  };
}

function respondWith(start: (body: unknown) => Started): RequestHandler {
  return async (request, response) => {
    const { operation, outcome } = start(request.body);
    response.set('Location', `/update/${operation.id}`);
    if (/\brespond-async\b/.test(request.get('prefer') ?? '')) {
      outcome.catch(() => {});
      response.status(202).set('Preference-Applied', 'respond-async');
      response.json({ status: 'running', operation: operation.report });
      return;
    }
    response.json(success(await outcome));
  };
}

function success({ currentModel, previousModel, operation }: UpdateOutcome) {
  return { status: 'success', current_model: currentModel, previous_model: previousModel, operation };
}
