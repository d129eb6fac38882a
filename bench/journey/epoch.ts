/** Milliseconds since 1970, with fractions: what processes of one machine agree on. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
