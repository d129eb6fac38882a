import { ServiceError } from '../errors.ts';
import { jsonFault, lineAndColumn } from './json-fault.ts';

/** What Express and its body parser throw. Its `type` says what happened (body-parser's README lists them). */
interface ParserError {
  readonly status?: number;
  readonly type?: string;
  readonly message?: string;
  readonly limit?: number;
  readonly body?: unknown;
}

/** An error for the client, with the status where it is not that of its type. */
export interface RequestFault {
  readonly error: ServiceError;
  readonly status?: number;
}

/** The hints of those that need no more than that. */
const HINTS: Readonly<Record<string, string>> = {
  'charset.unsupported': 'Send the body as UTF-8, with "Content-Type: application/json" and no charset.',
  'encoding.unsupported': 'Send the body as it is, or with Content-Encoding gzip, deflate, br or zstd.',
  'request.aborted': 'The connection was closed before the whole body had arrived.',
  'request.size.invalid':
    'Content-Length must be the number of bytes of the body, which is not its number of characters.',
};

const UNPACK_HINT = 'The body is not what Content-Encoding says. Send it as it is, without that header.';
const PATH_HINT =
  'In a path, a percent sign is followed by two hexadecimal digits, as encodeURIComponent writes them.';

/** What a client did wrong, out of what Express or its body parser threw; undefined if it is not the client's fault. */
export function requestFault(thrown: unknown): RequestFault | undefined {
  const { status, type = '', message = '', limit, body } = (thrown ?? {}) as ParserError;
  if (type === 'entity.too.large') return { error: tooLarge(limit) };
  if (type === 'entity.parse.failed') return { error: notJson(message, body, thrown) };
  if (status === undefined || status < 400 || status >= 500) return undefined;
  const isZlib = (thrown as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
  const isPath = thrown instanceof URIError || message.startsWith('Failed to decode');
  const detail = HINTS[type] ?? (isZlib ? UNPACK_HINT : isPath ? PATH_HINT : undefined);
  const error = new ServiceError('invalid_request', message, {
    ...(detail !== undefined && { detail }),
    cause: thrown,
  });
  return { error, status };
}

/** What is said of a body beyond RERANK_MAX_BODY_BYTES. */
export function tooLarge(limitBytes: number | undefined): ServiceError {
  return new ServiceError('payload_too_large', `the body is larger than ${limitBytes} bytes`, {
    detail: 'Send fewer documents at a time, or raise RERANK_MAX_BODY_BYTES.',
  });
}

/** So much of the body is shown before the fault. */
const SHOWN_CHARACTERS = 24;

function notJson(message: string, body: unknown, cause: unknown): ServiceError {
  const text = typeof body === 'string' ? body : '';
  const at = jsonFault(text) ?? text.length;
  const { line, column } = lineAndColumn(text, at);
  const before = text.slice(Math.max(0, at - SHOWN_CHARACTERS), at);
  const where = before === '' ? '' : `, right after ${JSON.stringify(before)}`;
  const what = at === text.length ? 'It ends too early' : 'It goes wrong';
  const detail = `${what} at line ${line}, column ${column} (position ${at})${where}. Keys and texts need double quotes; nothing but one JSON object belongs into the body.`;
  return new ServiceError('invalid_request', `the body is not JSON: ${message}`, { detail, cause });
}
