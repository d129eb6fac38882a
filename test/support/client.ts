/** One answer of the server, read to its end. */
export interface Answer<B = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: B;
}

/** What POST /rerank answers in its own dialect. */
export interface Reranked {
  readonly id: string;
  readonly model: string;
  readonly results: readonly Ranked[];
  readonly data: readonly Ranked[];
  readonly scores: readonly number[];
  readonly usage: Readonly<Record<'prompt_tokens' | 'completion_tokens' | 'total_tokens', number>>;
  readonly meta: { readonly truncated: boolean } & Readonly<Record<string, unknown>>;
}

interface Ranked {
  readonly index: number;
  readonly relevance_score: number;
  readonly document?: unknown;
}

/** The four fields of every error. */
export interface ErrorAnswer {
  readonly message: string;
  readonly detail: string;
  readonly error: string;
  readonly error_type: string;
}

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly phase: string;
  readonly phases: readonly { readonly phase: string; readonly ms: number }[];
  readonly lock_held_ms: number | null;
  readonly error: string | null;
}

/** What POST /update and POST /rollback answer when they succeed. */
export interface Updated {
  readonly status: string;
  readonly current_model: string;
  readonly previous_model: string | null;
  readonly operation: OperationView;
}

export interface Info {
  readonly model_id: string | null;
  readonly max_input_length: number;
  readonly current: { readonly model: string; readonly digest: string; readonly generation: number } | null;
  readonly engines: { readonly ready: number; readonly processes: readonly number[] };
}

export interface ModelList {
  readonly current: { readonly model: string; readonly digest: string } | null;
  readonly history: readonly { readonly model: string; readonly digest: string; readonly since: string }[];
  readonly available: readonly string[];
}

type RequestHeaders = Readonly<Record<string, string>>;

/** Talks to one server as its users do, over HTTP. */
export class Client {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async get<B = unknown>(path: string, headers: RequestHeaders = {}): Promise<Answer<B>> {
    return await this.send<B>('GET', path, { headers });
  }

  async post<B = unknown>(path: string, body: unknown, headers: RequestHeaders = {}): Promise<Answer<B>> {
    return await this.send<B>('POST', path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Sends whatever it is given, well-formed or not. The answer's body is parsed where it is JSON. */
  async send<B = unknown>(method: string, path: string, init: RequestInit = {}): Promise<Answer<B>> {
    const response = await fetch(this.url + path, { ...init, method });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as B,
    };
  }

  /** @throws Error for anything but 200, with the server's answer in it. */
  async rerank(
    query: string,
    documents: readonly unknown[],
    options: object = {},
  ): Promise<Answer<Reranked>> {
    return expectOk(await this.post<Reranked>('/rerank', { query, documents, ...options }));
  }

  /** Logits in the order of the documents: unlike scores they never saturate. */
  async logits(query: string, documents: readonly unknown[]): Promise<readonly number[]> {
    return (await this.rerank(query, documents, { raw_scores: true })).body.scores;
  }

  /** @throws Error for anything but 200. */
  async update(model: string, terms: object = {}): Promise<Updated> {
    return expectOk(await this.post<Updated>('/update', { model_path: model, ...terms })).body;
  }

  async info(): Promise<Info> {
    return expectOk(await this.get<Info>('/info')).body;
  }

  async models(): Promise<ModelList> {
    return expectOk(await this.get<ModelList>('/models')).body;
  }

  /** The sum over all label sets of one series of GET /metrics, 0 while it has no sample. */
  async metric(name: string): Promise<number> {
    const { body } = await this.get<string>('/metrics');
    const samples = body.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
    return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
  }
}

function expectOk<B>(answer: Answer<B>): Answer<B> {
  if (answer.status === 200) return answer;
  throw new Error(`expected 200, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}
