import { ServiceError } from '../../errors.ts';
import type { BlobSource } from '../download/blob.ts';
import { type SourceProblem, SourcesFailure } from '../download/sources-failure.ts';
import { type EndpointFailure, mostTelling, refusalOf } from './hub-failure.ts';

/**
 * What it means that a file was refused whose listing was not: hubs show the files of gated repositories to everyone.
 * @returns the error itself where no source refused it as not for us
 */
export function explainRefusal(error: unknown, id: string, sources: readonly BlobSource[]): unknown {
  const { cause } = error instanceof ServiceError ? error : {};
  if (!(cause instanceof SourcesFailure)) return error;
  const failures = cause.problems.map((problem) => endpointFailure(problem, sources));
  const refused = mostTelling(failures.filter(({ refusal }) => refusal !== undefined));
  if (refused === undefined) return error;
  const inPassing = cause.problems.flatMap(({ failure }, index) =>
    failure.isFinal ? [] : (failures[index] ?? []),
  );
  return refusalOf(refused, id, 'the commit', inPassing, error);
}

/** A refusal is only what may be let in by a token: a file that is listed and not there is another matter. */
function endpointFailure(
  { source, failure: { status, message } }: SourceProblem,
  sources: readonly BlobSource[],
): EndpointFailure {
  const url = sources.find(({ name }) => name === source)?.url.origin ?? '';
  const code = /^status \d+ (\w+)$/.exec(message)?.[1];
  const isRefused = status === 401 || status === 403;
  return {
    name: source,
    url,
    reason: `failed (${message})`,
    ...(isRefused ? { refusal: { status, code } } : {}),
  };
}
