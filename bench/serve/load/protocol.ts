/** A number of connections that each send the next request when they have the answer to the last. */
export interface ClosedLoop {
  readonly kind: 'closed';
  readonly connections: number;
  /** Not measured: at least so long, and until every connection had an answer. */
  readonly warmUpSeconds: number;
  /** At least so long, and until there are enough answers. */
  readonly seconds: number;
}

/** Requests at fixed times, whether or not those before have been answered. */
export interface OpenLoop {
  readonly kind: 'open';
  readonly requestsPerSecond: number;
  /** What is sent in the first seconds isn't measured. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** How long the last answers are waited for. */
  readonly patienceSeconds: number;
}

type LoadPlan = ClosedLoop | OpenLoop;

/** The first argument of the load process, as JSON. */
export interface LoadSettings {
  readonly url: string;
  /** @see RequestFile */
  readonly requestFile: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly plan: LoadPlan;
}

export interface LoadReport {
  /** Length of the measured time. */
  readonly seconds: number;
  /** Of right answers in that time. */
  readonly documents: number;
  readonly tokens: number;
  /** Of right answers; in an open loop of those to requests that were sent in that time. */
  readonly latenciesMs: readonly number[];
  /** Requests that ended otherwise than with a right answer. In an open loop 429 is not among them. */
  readonly failed: number;
  /** The first thing that went wrong, in words. */
  readonly example: string | undefined;
  /** Open loop: requests sent in the measured time, and those of them answered with 429, with Retry-After or without. */
  readonly sent: number;
  readonly refused: number;
  readonly refusedWithRetryAfter: number;
}

/** From the load process to the bench. */
export type LoadNews =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'report'; readonly report: LoadReport };
