import type { RequestHandler } from 'express';
import type { Updater } from '../../serving/update/updater.ts';
import { callerOf } from '../caller.ts';
import { respondWith } from '../respond-with.ts';
import { rollbackRequest, updateRequest } from '../update-body.ts';

/** POST /update: waits for the outcome, or answers at once when the client prefers that. */
export function updateRoute(updater: Updater): RequestHandler {
  return respondWith((request) => updater.update(updateRequest(request.body), callerOf(request)));
}

/** POST /rollback: back to the model before, or to one of the history. */
export function rollbackRoute(updater: Updater): RequestHandler {
  return respondWith((request) => updater.rollback(rollbackRequest(request.body), callerOf(request)));
}

/** GET /update: the operations of late, the latest first. */
export function operationsRoute(updater: Updater): RequestHandler {
  return (_request, response) => {
    response.json({ operations: updater.recent.map(({ report }) => report) });
  };
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
