/** One request. Nothing of it is tried twice: whether trying again makes sense is for the caller to know. */
export interface TransportRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the head of the final response, redirects included; 10 s by default. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of the body; 30 s by default. Time that the reader takes is not counted. */
  readonly idleTimeoutMs?: number;
  /** True by default. Every hop is guarded, and credentials stay with their origin. */
  readonly followRedirects?: boolean;
  readonly signal: AbortSignal;
}

/** A head that came, and the body behind it, to be read to its end or given up by `discard`. */
export interface TransportResponse {
  readonly status: number;
  /** Where the answer came from, after redirects. It may hold a signature in its query: not for logs. */
  readonly url: URL;
  /** Several headers of one name are joined by commas. */
  header(name: string): string | undefined;
  /** Can be read once. Throws TransportError stalled or reset, or the reason of the signal. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up, and keeps the connection where that is cheap. */
  discard(): Promise<void>;
}

/** HTTP to the outside, guarded: see `createTransport`. */
export interface Transport {
  /** @throws TransportError when no response came; the reason of the signal when it aborts. */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}
