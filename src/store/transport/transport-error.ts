import { messageOf } from '../../errors.ts';
import { publicUrl } from './public-url.ts';

/**
 * `refused`: the guard does not allow this address; `redirect`: a redirect that leads nowhere; `timeout`: no head in time;
 * `stalled`: the body stopped coming; `reset`: the connection ended, or did not speak HTTP.
 */
export type TransportErrorKind = 'refused' | 'dns' | 'connect' | 'timeout' | 'stalled' | 'reset' | 'redirect';

/** No answer, or not all of it. Neither the message nor the URL holds a secret. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: TransportErrorKind;
  /** Without user, password, query and fragment. */
  readonly url: string;
  /** The message without the URL. */
  readonly problem: string;

  constructor(kind: TransportErrorKind, url: URL, problem: string, cause?: unknown) {
    super(`${publicUrl(url)}: ${problem}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.problem = problem;
    this.url = publicUrl(url);
  }
}

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'EPROTO',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

/** What a failure of the network means. */
export function asTransportError(error: unknown, url: URL): TransportError {
  // The guard knows only the origin when it looks at an address.
  if (error instanceof TransportError) {
    return error.kind === 'refused' ? new TransportError('refused', url, error.problem, error) : error;
  }
  const { cause, code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (cause instanceof TransportError) return cause;
  if (messageOf(error).startsWith('Proxy response')) {
    return new TransportError(
      'connect',
      url,
      `the proxy does not let it through (${messageOf(error)})`,
      error,
    );
  }
  const reason = code === '' ? messageOf(error) : code;
  if (code === 'ENOTFOUND' || code.startsWith('EAI_') || code === 'ENODATA') {
    return new TransportError('dns', url, `its name has no address (${reason})`, error);
  }
  if (CONNECT_CODES.has(code) || /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_)/.test(code)) {
    return new TransportError('connect', url, `no connection (${reason})`, error);
  }
  return new TransportError('reset', url, `the connection ended before the answer did (${reason})`, error);
}
