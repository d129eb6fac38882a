import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { errorBody } from '../errors.ts';

/** How long a client may take to fetch the answer before its connection is cut. */
const LINGER_MS = 2_000;

export const MAX_HEADERS_BYTES = 16 * 2 ** 10;

/** What Node's HTTP parser, or its watch over slow clients, found wrong. */
interface ProtocolFault {
  readonly status: number;
  readonly reason: 'timeout' | 'headers' | 'malformed';
  readonly message: string;
  readonly detail: string;
}

/** Parser errors (llhttp's list) of which one can say more than that they are errors. */
const HINTS: Readonly<Record<string, string>> = {
  HPE_INVALID_METHOD:
    'The request line starts with no method that HTTP knows. For https://, the server needs RERANK_TLS_CERT and RERANK_TLS_KEY.',
  HPE_INVALID_URL: 'The path has characters that must be percent-encoded.',
  HPE_INVALID_VERSION: 'This server speaks HTTP/1.1 and HTTP/1.0.',
  HPE_PAUSED_H2_UPGRADE:
    'This server speaks HTTP/1.1; set the client to that, or put a proxy in front that translates.',
  HPE_INVALID_CONTENT_LENGTH: 'Content-Length must be one whole number: the bytes of the body.',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'Send either one Content-Length, or "Transfer-Encoding: chunked".',
  HPE_INVALID_TRANSFER_ENCODING: 'Of transfer encodings, this server knows "chunked".',
  HPE_INVALID_CHUNK_SIZE: 'Each chunk starts with its size in hexadecimal digits and a line end.',
  HPE_INVALID_EOF_STATE: 'The connection ended in the middle of the request.',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'Send chunks without extensions.',
};

const GENERAL_HINT = 'Send HTTP/1.1 as RFC 9112 has it; an HTTP library does that by itself.';

/** Connections that end with the answer to the last whole request on them. */
const ending = new WeakSet<Socket>();

/**
 * Sees to it that a connection ends after bytes that are no request. They are answered in the one error shape, unless answers to
 * whole requests before them are still to come: those are sent first, as a client of pipelining expects them (RFC 9112, 9.3.2),
 * and then the connection ends. What still comes is read and thrown away by the parser, which takes nothing after a fault: ending
 * on unread bytes would reset the connection, and take the answer away from the client.
 * @param unfinished the responses on this connection, in the order of their requests
 * @returns why, for the metrics; undefined when nobody is there any more, or the requests are counted as such.
 */
export function endAfterFault(
  error: NodeJS.ErrnoException,
  socket: Socket,
  unfinished: readonly ServerResponse[],
  clock: Clock,
): string | undefined {
  if (ending.has(socket)) return undefined;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const last = unfinished.findLast(({ req, writableFinished }) => req.complete && !writableFinished);
  if (last !== undefined) {
    ending.add(socket);
    last.shouldKeepAlive = false;
    // Node ends the connection if it could still say so in the headers.
    last.once('finish', () => {
      socket.end();
      linger(socket, clock);
    });
    return undefined;
  }
  // The fault is in a body whose request was answered already: a second answer in the middle of the first would be nonsense.
  if (unfinished.some(({ headersSent }) => headersSent)) {
    socket.destroy();
    return undefined;
  }
  const { status, reason, message, detail } = describe(error);
  const fault = new ServiceError('invalid_request', `not a valid HTTP request: ${message}`, { detail });
  endWith(socket, status, fault, clock);
  return reason;
}

/** Answers on a connection that no response object has. */
export function endWith(socket: Socket, status: number, error: ServiceError, clock: Clock): void {
  const body = JSON.stringify(errorBody(error));
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  linger(socket, clock);
}

/**
 * Closing at once would reset the connection under a client that still sends, and take the answer away from it. What it sends meanwhile
 * gives it no more time.
 */
function linger(socket: Socket, clock: Clock): void {
  const cancel = clock.after(LINGER_MS, () => socket.destroy());
  socket.once('close', cancel);
}

function describe({ code = '', message }: NodeJS.ErrnoException): ProtocolFault {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return {
      status: 408,
      reason: 'timeout',
      message: 'it did not arrive in time',
      detail: 'Send the headers within RERANK_HEADERS_TIMEOUT_MS and the body within RERANK_BODY_TIMEOUT_MS.',
    };
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      status: 431,
      reason: 'headers',
      message: `its headers have more than ${MAX_HEADERS_BYTES} bytes`,
      detail: 'Send shorter or fewer headers; cookies and tracing baggage are what grows.',
    };
  return { status: 400, reason: 'malformed', message, detail: HINTS[code] ?? GENERAL_HINT };
}
