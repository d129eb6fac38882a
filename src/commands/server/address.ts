/** Where a server is, and how it is talked to. */
export interface ServerAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: string | undefined;
  /** The setting that the key comes from. */
  readonly keyName: 'RERANK_ADMIN_KEY' | 'RERANK_API_KEY' | undefined;
  /** The one that the command would rather send; RERANK_ADMIN_KEY where it is not said. */
  readonly wantedKey?: 'RERANK_ADMIN_KEY' | 'RERANK_API_KEY';
  /** What to add to a command so that it goes to the same server; empty where it does by itself. */
  readonly flags: string;
}

export interface Answer {
  readonly status: number;
  /** The JSON, or undefined for what is none. */
  readonly body: unknown;
  readonly headers: Headers;
}

const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' };

/** Where a server is found that listens there: one that listens on every interface, on loopback. */
export function urlOfListener(
  scheme: 'http' | 'https',
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const name = LOOPBACK[host] ?? host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
