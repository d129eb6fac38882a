/** A command has failed: what happened, and what the person at the terminal can do about it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly detail: string | undefined;

  constructor(message: string, detail?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.detail = detail;
  }
}
