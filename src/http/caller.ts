import type { Request } from 'express';
import { ServiceError } from '../errors.ts';
import type { Caller } from '../serving/operation/change-request.ts';
import { identityOf, nameOf } from './access/identity.ts';
import { traceOf } from './request-trace.ts';

const LONGEST_KEY = 200;

/** Who asks for a change of the model, for the audit log. */
export function callerOf(request: Request): Caller {
  const from = request.socket.remoteAddress ?? 'unknown';
  return {
    by: `${nameOf(identityOf(request) ?? { kind: 'local' })} from ${from}`,
    idempotencyKey: idempotencyKey(request.get('idempotency-key')),
    trace: traceOf(request),
  };
}

/** @throws ServiceError invalid_request for a key that is empty or too long to keep. */
function idempotencyKey(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (given.length > 0 && given.length <= LONGEST_KEY) return given;
  throw new ServiceError(
    'invalid_request',
    `the header Idempotency-Key must have 1 to ${LONGEST_KEY} characters`,
    { detail: 'Send any unique text of that length, such as a UUID, or leave the header out.' },
  );
}
