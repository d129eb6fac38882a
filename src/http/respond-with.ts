import type { Request, RequestHandler } from 'express';
import type { Started, UpdateOutcome } from '../serving/update/operations.ts';

/** Starts an operation, and answers with its outcome, or at once when the client prefers that (RFC 7240). */
export function respondWith(start: (request: Request) => Started): RequestHandler {
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
