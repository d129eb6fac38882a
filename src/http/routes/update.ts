import type { Request, RequestHandler } from 'express';
import type { Started, UpdateOutcome } from '../../serving/update/operations.ts';
import type { Updater } from '../../serving/update/updater.ts';
import { callerOf } from '../caller.ts';
import { rollbackRequest, updateRequest } from '../update-body.ts';

/** POST /update: waits for the outcome, or answers at once when the client prefers that. */
export function updateRoute(updater: Updater): RequestHandler {
  return respondWith((request) => updater.update(updateRequest(request.body), callerOf(request)));
}

/** POST /rollback: back to the model before, or to one of the history. */
export function rollbackRoute(updater: Updater): RequestHandler {
  return respondWith((request) => updater.rollback(rollbackRequest(request.body), callerOf(request)));
}

/** GET /update/:id */
export function operationRoute(updater: Updater): RequestHandler {
  return (request, response) => {
    response.json(updater.find(String(request.params.id)).report);
  };
}

/** DELETE /update/:id: gives it up, and answers when nothing of it is left. */
export function cancelRoute(updater: Updater): RequestHandler {
  return async (request, response) => {
    response.json((await updater.cancel(String(request.params.id))).report);
  };
}

function respondWith(start: (request: Request) => Started): RequestHandler {
  return async (request, response) => {
    const { operation, outcome } = start(request);
    response.set('Location', `/update/${operation.id}`);
    if (/\brespond-async\b/.test(request.get('prefer') ?? '')) {
      response.status(202).set('Preference-Applied', 'respond-async');
      const { report } = operation;
      response.json({ status: report.status, operation: report });
      return;
    }
    response.json(success(await outcome));
  };
}

function success({ currentModel, previousModel, operation }: UpdateOutcome) {
  return { status: 'success', current_model: currentModel, previous_model: previousModel, operation };
}
