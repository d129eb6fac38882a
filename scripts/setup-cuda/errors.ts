/** Why the provider could not be brought, for the person who asked for it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
