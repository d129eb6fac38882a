import type { Request } from 'express';
import { z } from 'zod';
import { ServiceError } from '../errors.ts';

/** Milliseconds; null means absent. */
export const bodyTimeout = z
  .number({ error: 'must be a number of milliseconds' })
  .positive({ error: 'must be above 0' })
  .nullish()
  .describe(
    'How long the client waits for its answer, in milliseconds. As the header X-Request-Timeout, before which it goes',
  );

const HEADER = 'x-request-timeout';

/**
 * How long the client waits for its answer, in milliseconds: `timeout_ms` in the body, else the header X-Request-Timeout in
 * seconds (`2`, `0.5`) or with a unit (`500ms`, `2s`). Undefined when it says nothing.
 * @throws ServiceError invalid_request when it can't be read.
 */
export function requestTimeoutMs(request: Request): number | undefined {
  // A header that can't be read is a mistake of the client's, also where the body says the same better.
  const inHeader = fromHeader(request.get(HEADER));
  return fromBody(request.body) ?? inHeader;
}

function fromBody(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null || !('timeout_ms' in body)) return undefined;
  const { success, data, error } = bodyTimeout.safeParse(body.timeout_ms);
  if (!success) throw new ServiceError('invalid_request', `timeout_ms: ${error.issues[0]?.message}`);
  return data ?? undefined;
}

function fromHeader(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, number, unit] = /^\s*(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s)?\s*$/i.exec(value) ?? [];
  const ms = Number(number) * (unit?.toLowerCase() === 'ms' ? 1 : 1000);
  if (ms > 0) return ms;
  throw new ServiceError(
    'invalid_request',
    `the header X-Request-Timeout is "${value.slice(0, 40)}", which is no time`,
    { detail: 'It takes seconds, such as 2 or 0.5, or a number with a unit, such as 500ms.' },
  );
}
