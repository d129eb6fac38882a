import { createHash } from 'node:crypto';
import { messageOf, ServiceError } from '../../errors.ts';
import { AttemptFailure } from '../download/attempt-failure.ts';
import { getBounded } from '../remote/get-bounded.ts';
import type { RetryTools } from '../remote/retry.ts';
import type { Transport } from '../transport/transport.ts';
import { TransportError } from '../transport/transport-error.ts';
import { MAX_MANIFEST_BYTES } from './manifest.ts';

export interface ManifestReference {
  readonly url: URL;
  /** Of the manifest itself, in hex. */
  readonly sha256: string;
}

/**
 * @returns the bytes of a manifest, which have the hash of the reference
 * @throws ServiceError model_not_found, forbidden_reference or source_failed; the reason of the signal.
 */
export async function fetchManifest(
  { url, sha256 }: ManifestReference,
  transport: Transport,
  retry: RetryTools,
  signal: AbortSignal,
): Promise<Buffer> {
  const request = { url, maxBytes: MAX_MANIFEST_BYTES, signal };
  const bytes = await getBounded(transport, request, retry).catch((error: unknown) => {
    signal.throwIfAborted();
    throw explain(error, url);
  });
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new ServiceError(
      'source_failed',
      `the manifest at ${placeOf(url)} is not the one of the reference`,
      {
        detail: `Its SHA-256 is ${actual}, and the reference says ${sha256}. If it was published anew, use the reference that "rerankd publish" has printed.`,
      },
    );
  }
  return bytes;
}

function explain(error: unknown, url: URL): ServiceError {
  const place = placeOf(url);
  const status = error instanceof AttemptFailure ? error.status : undefined;
  if (status === 404 || status === 410) {
    return new ServiceError('model_not_found', `there is no manifest at ${place}`, { cause: error });
  }
  if (status === 401 || status === 403) {
    return new ServiceError(
      'source_failed',
      `${url.host} does not let this server read ${place} (${status})`,
      {
        detail: `Put a token for ${url.origin} into RERANK_HUB_TOKENS.`,
        cause: error,
      },
    );
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const isRefused = cause instanceof TransportError && cause.kind === 'refused';
  return new ServiceError(
    isRefused ? 'forbidden_reference' : 'source_failed',
    `the manifest at ${place} can't be had: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Without the query, which may hold a signature. */
export function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
