import type { Clock } from '../platform/clock.ts';

/** A terminal, a pipe or a file. */
export interface TextOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a command that watches a server is run. */
export interface Terminal {
  /** For the result. */
  readonly stdout: TextOutput;
  /** For what goes on meanwhile. */
  readonly stderr: TextOutput;
  readonly clock: Clock;
  /** Aborts when the person there presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}
