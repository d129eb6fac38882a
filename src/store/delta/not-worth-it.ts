/** A delta that would save too little. */
export class NotWorthIt extends Error {
  override readonly name = 'NotWorthIt';
}
