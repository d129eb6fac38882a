/** The first argument of the load process, as JSON. */
export interface LoadSettings {
  readonly url: string;
  /** @see bench/serve/workload/request-file.ts */
  readonly requestFile: string;
  readonly requestsPerSecond: number;
  /** Whether samples have what was answered. */
  readonly keepsAnswers: boolean;
}

/** One request and what came of it. */
export interface Sample {
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
  readonly latencyMs: number;
  /** Its place in the request file. */
  readonly request: number;
  /** What went wrong, in words. */
  readonly fault?: string | undefined;
  readonly answer?: ModelAnswer | undefined;
}

/** What one model gave. */
export interface ModelAnswer {
  readonly digest: string;
  readonly scores: readonly number[];
}

export interface LoadReport {
  /** In the order in which they ended. */
  readonly samples: readonly Sample[];
  /** Requests without an end when nobody waited any longer. */
  readonly unanswered: number;
}
