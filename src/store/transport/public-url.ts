/** What of a URL may be shown to people: neither user and password nor the query, where signatures are. */
export function publicUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
