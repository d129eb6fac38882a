/** What an update did, as the server reports it. */
export interface OperationReport {
  readonly phases: readonly { readonly phase: string; readonly ms: number }[];
  readonly lock_held_ms: number | null;
}

/** What a server serves, and how. */
export interface Served {
  readonly device: string;
  readonly dtype: string;
}

/** Fields of POST /update. */
export interface UpdateFields {
  readonly mode?: 'auto' | 'beside' | 'hold';
  readonly force?: boolean;
}

export interface RerankAnswer {
  readonly model: string;
  readonly digest: string;
  readonly body: string;
  readonly scores: readonly number[];
}

export interface Engines {
  readonly ready: number;
  readonly processes: readonly number[];
}

/** The server's endpoints that the bench uses, beside the load. Every method throws an Error for a status other than 200. */
export class ServerApi {
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #updates: UpdateFields;

  /**
   * @param signal gives up every request under way.
   * @param updates what every update asks for beside the model
   */
  constructor(url: string, signal: AbortSignal, updates: UpdateFields = {}) {
    this.#url = url;
    this.#updates = updates;
    this.#signal = signal;
  }

  async update(model: string): Promise<OperationReport> {
    const response = await this.#post('/update', { model_path: model, ...this.#updates });
    return ((await response.json()) as { operation: OperationReport }).operation;
  }

  async rerank(body: string, requestId: string): Promise<RerankAnswer> {
    const response = await this.#post('/rerank', body, { 'x-request-id': requestId });
    const text = await response.text();
    const { model, scores } = JSON.parse(text) as { model: string; scores: number[] };
    return { model, digest: response.headers.get('x-model-digest') ?? '', body: text, scores };
  }

  async served(): Promise<Served> {
    const response = await this.#send('/info');
    const { device, dtype } = ((await response.json()) as { current: Served }).current;
    return { device, dtype };
  }

  async engines(): Promise<Engines> {
    const response = await this.#send('/info');
    return ((await response.json()) as { engines: Engines }).engines;
  }

  /** The samples of GET /metrics without labels, by name. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.#send('/metrics')).text();
    return new Map(
      Array.from(text.matchAll(/^(\w+) (\S+)$/gm), ([, name = '', value]) => [name, Number(value)]),
    );
  }

  /** Resolves when inference works. */
  async health(timeoutMs: number): Promise<void> {
    const response = await this.#send('/healthz', {
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.arrayBuffer();
  }

  #post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async #send(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, { signal: this.#signal, ...init });
    if (response.status === 200) return response;
    throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${await response.text()}`);
  }
}
