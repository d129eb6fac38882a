/** What is done off the main thread, because gigabytes of it take seconds. */
export interface Jobs {
  /** Cuts a file into chunks. */
  readonly index: {
    readonly request: { readonly path: string };
    /** The index, as it is published. */
    readonly result: Uint8Array;
  };
  /** Copies what is known of a new file into its place. */
  readonly assemble: {
    readonly request: {
      /** A file that may be changing; nothing of it is trusted. */
      readonly old: string;
      /** Made if it is not there; what is in it already, of an earlier attempt, counts if its hash is right. */
      readonly target: string;
      /** Index of the new file, as it is published. */
      readonly next: Uint8Array;
      /** For each chunk where it lies in the old file, or -1. */
      readonly sources: Float64Array;
    };
    /** For each chunk whether the target has it now. */
    readonly result: Uint8Array;
  };
  /** SHA-256 of files, in hex; nothing for a file that can't be read. */
  readonly hash: {
    readonly request: { readonly paths: readonly string[] };
    readonly result: readonly (string | undefined)[];
  };
}

export type JobName = keyof Jobs;

export type Job = { [Name in JobName]: { readonly name: Name } & Jobs[Name]['request'] }[JobName];

/** What the thread tells. */
export type Message =
  | { readonly type: 'progress'; readonly bytes: number }
  | { readonly type: 'done'; readonly result: Jobs[JobName]['result'] }
  | { readonly type: 'failed'; readonly message: string; readonly code: string | undefined };
