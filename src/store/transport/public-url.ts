/** What of a URL may be shown to people: neither user and password nor the query, where signatures are. */
export function publicUrl({ href, protocol, host, pathname }: URL): string {
  // Of `data:` and the like, all that comes after it may be content.
  return href.startsWith(`${protocol}//`) ? `${protocol}//${host}${pathname}` : `${protocol}…`;
}
