import type { Dispatcher } from 'undici';
import type { Clock } from '../../platform/clock.ts';
import { asTransportError, TransportError } from './transport-error.ts';

const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 2000;

/**
 * One request that can end early: by the caller, or because time is up. Its timers belong to the injected clock; those of
 * the HTTP client are off.
 */
export class Exchange {
  readonly #clock: Clock;
  readonly #caller: AbortSignal;
  readonly #stop = new AbortController();
  readonly #leave = (): void => this.#stop.abort(this.#caller.reason);
  #response: Dispatcher.ResponseData | undefined;

  constructor(clock: Clock, caller: AbortSignal) {
    this.#clock = clock;
    this.#caller = caller;
    caller.addEventListener('abort', this.#leave, { once: true });
  }

  /** Sends a request and waits for the head. */
  async head(
    dispatcher: Dispatcher,
    url: URL,
    method: 'GET' | 'HEAD',
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<Dispatcher.ResponseData> {
    this.#caller.throwIfAborted();
    const cancel = this.#clock.after(timeoutMs, () => {
      this.#stop.abort(new TransportError('timeout', url, `no answer within ${timeoutMs} ms`));
    });
    try {
      this.#response = await dispatcher.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        signal: this.#stop.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // Who reads the body gets its errors; a body that nobody reads must not end the process with one.
      this.#response.body.on('error', () => {});
      return this.#response;
    } catch (error) {
      this.end();
      throw this.#meaningOf(error, url);
    } finally {
      cancel();
    }
  }

  /** The pieces of the body. Only the wait for the next one is measured, not what the reader does meanwhile. */
  async *pieces(url: URL, idleTimeoutMs: number): AsyncGenerator<Uint8Array> {
    const body = this.#response?.body;
    if (body === undefined) return;
    const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        const cancel = this.#clock.after(idleTimeoutMs, () => {
          this.#stop.abort(new TransportError('stalled', url, `nothing came for ${idleTimeoutMs} ms`));
        });
        const next = await iterator.next().finally(cancel);
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      throw this.#meaningOf(error, url);
    } finally {
      this.end();
      body.destroy();
    }
  }

  /** Reads what is left of a short body, so that the connection can be used again; ends the connection of a long one. */
  async discard(): Promise<void> {
    const body = this.#response?.body;
    const length = Number(this.#response?.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    const cancel = this.#clock.after(DISCARD_MS, () => this.#stop.abort());
    try {
      if (body !== undefined && !body.destroyed && length <= DISCARD_BYTES) {
        await body.dump({ limit: DISCARD_BYTES, signal: this.#stop.signal });
      }
    } catch {
      // It is not wanted.
    } finally {
      cancel();
      this.end();
      body?.destroy();
    }
  }

  end(): void {
    this.#caller.removeEventListener('abort', this.#leave);
  }

  #meaningOf(error: unknown, url: URL): unknown {
    if (this.#caller.aborted) return this.#caller.reason;
    const { reason } = this.#stop.signal;
    return asTransportError(reason instanceof TransportError ? reason : error, url);
  }
}
