/** The command line can't be used; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
