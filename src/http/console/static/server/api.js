import { EventStream } from './event-stream.js';
import { keys } from './keys.js';

/** Below any path that a proxy may have put the server. */
const base = new URL('../', document.baseURI);

/** The server said no. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when it did not answer at all
   * @param {{ message?: string, detail?: string, report?: unknown }} body
   * @param {'api' | 'admin'} wanted the kind of key that the route asks for
   */
  constructor(status, body, wanted) {
    super(body.message ?? `the server answered ${status}`);
    this.status = status;
    this.detail = body.detail === body.message ? undefined : body.detail;
    this.report = body.report;
    this.wanted = wanted;
  }

  get needsKey() {
    return this.status === 401;
  }
}

/**
 * @typedef {object} Asked
 * @property {'GET' | 'POST' | 'DELETE'} [method]
 * @property {unknown} [body]
 * @property {boolean} [admin] the route is for administrators
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal | undefined} [signal]
 */

/**
 * @param {string} path without a leading slash
 * @param {Asked} [asked]
 * @returns {Promise<{ body: any, headers: Headers }>}
 * @throws {ApiError}
 */
export async function ask(path, asked = {}) {
  const response = await send(path, asked);
  return { body: await response.json(), headers: response.headers };
}

/**
 * The events of an operation, as they come. An EventSource could not send the key in a header.
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {(report: import('../../page-types.ts').Operation) => void} onReport
 */
export async function follow(id, signal, onReport) {
  const response = await send(`update/${encodeURIComponent(id)}/events`, { admin: true, signal });
  const stream = new EventStream();
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    for (const data of stream.push(decoder.decode(value, { stream: true }))) onReport(JSON.parse(data));
  }
}

/**
 * @param {string} path
 * @param {Asked} asked
 */
async function send(path, { method = 'GET', body, admin = false, headers = {}, signal }) {
  const wanted = admin ? 'admin' : 'api';
  const key = admin ? keys.value.admin : keys.value.api || keys.value.admin;
  const request = new Request(new URL(path, base), {
    method,
    headers: {
      ...(key !== '' && { Authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ?? null,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  });
  const response = await fetch(request).catch((error) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { message: 'the server does not answer' }, wanted);
  });
  if (response.ok) return response;
  throw new ApiError(response.status, await response.json().catch(() => ({})), wanted);
}
