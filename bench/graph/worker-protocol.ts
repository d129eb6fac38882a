/** What a worker runs. */
export interface WorkerSetup {
  readonly model: string;
  readonly threads: number;
  readonly optimization: 'all' | 'disabled';
  readonly batch: number;
  readonly tokens: number;
  readonly vocabulary: number;
}

export interface WorkerRequest {
  readonly seconds: number;
}

/** First the logits of one run, then, for each request, how fast it was. */
export type WorkerReply = { readonly logits: readonly number[] } | { readonly documentsPerSecond: number };
