/** Milliseconds that a Retry-After header asks for, in seconds or as a date; undefined when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** Completes "it answered 429": what the server wants then. */
export function askingToWait(retryAfterMs: number | undefined): string {
  return retryAfterMs ? ` and asks to wait ${Math.ceil(retryAfterMs / 1000)} s` : '';
}
