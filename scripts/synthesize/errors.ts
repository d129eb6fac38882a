/** Something that the user can put right; the message says how. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}
