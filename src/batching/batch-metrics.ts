interface Observes {
  observe(value: number): void;
}

interface Counts {
  inc(): void;
}

interface Shows {
  set(value: number): void;
}

/** What the scheduler tells of its work. */
export interface BatchMetrics {
  readonly batchPairs: Observes;
  readonly batchTokens: Observes;
  /** Tokens. */
  readonly paddingTokens: { inc(tokens: number): void };
  /** Seconds. */
  readonly batchDuration: Observes;
  readonly batchRetries: Counts;
  /** Of batches that did not fit into the memory of the device. */
  readonly batchSplits: Counts;
  readonly sharedPairs: Counts;
  readonly queuedPairs: Shows;
  readonly queuedTokens: Shows;
  /** Only where somebody asked for these names. */
  readonly tei?: { batch(pairs: number, tokens: number): void } | undefined;
}

const nowhere = { observe: () => {}, inc: () => {}, set: () => {} };

/** For work that is no request's. */
export const noMetrics: BatchMetrics = {
  batchPairs: nowhere,
  batchTokens: nowhere,
  paddingTokens: nowhere,
  batchDuration: nowhere,
  batchRetries: nowhere,
  batchSplits: nowhere,
  sharedPairs: nowhere,
  queuedPairs: nowhere,
  queuedTokens: nowhere,
};
