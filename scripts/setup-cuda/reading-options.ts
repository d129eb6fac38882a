/** How an archive is read. */
export interface ReadingOptions {
  /** Of the archive, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** How much of the archive was read, in bytes. */
  readonly onProgress: (done: number, total: number) => void;
}
