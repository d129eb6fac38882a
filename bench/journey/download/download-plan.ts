/** What is measured. */
export interface DownloadPlan {
  readonly checkpoint: string;
  /** For the server and the requests. */
  readonly directory: string;
  /** What the server serves meanwhile. */
  readonly model: string;
  readonly rounds: number;
  readonly sliceSeconds: number;
  /** Share of the capacity that the load takes, 0 to 1. */
  readonly share: number;
  /** Of the server, in megabytes a second. */
  readonly limit: number | undefined;
}
