import { ServiceError } from '../../errors.ts';
import { AttemptFailure } from '../download/attempt-failure.ts';
import type { BlobSource } from '../download/blob.ts';
import { refusalOf } from './hub-failure.ts';

/**
 * What it means that a file was refused whose listing was not: hubs show the files of gated repositories to everyone.
 * @returns the error itself where it is something else
 */
export function explainRefusal(error: unknown, id: string, sources: readonly BlobSource[]): unknown {
  const { cause } = error instanceof ServiceError ? error : {};
  const last = sources.at(-1);
  if (!(cause instanceof AttemptFailure) || last === undefined) return error;
  const { status, message } = cause;
  if (status !== 401 && status !== 403) return error;
  const code = /^status \d+ (\w+)$/.exec(message)?.[1];
  return refusalOf(
    { name: last.name, url: last.url.origin, reason: message, refusal: { status, code } },
    id,
    'the commit',
    error,
  );
}
