import { z } from 'zod';
import { keyProblem } from '../platform/keys/key-rule.ts';
import { listOf, port, positive, secret, setting, text } from './rules.ts';

const LONGEST_TIMEOUT_MS = 3_600_000;

/** As a line of a file of keys. Blanks around it are a line's end, from a file that was read into the environment. */
const key = text
  .trim()
  .refine((given) => keyProblem(given) === undefined, { error: ({ input }) => keyProblem(String(input)) })
  .optional();

const timeoutMs = positive.max(LONGEST_TIMEOUT_MS, { error: `must be at most ${LONGEST_TIMEOUT_MS}` });

/** `https://app.example.com`, as browsers send it. */
const isOrigin = (entry: string): boolean =>
  entry === '*' || (/^https?:\/\//i.test(entry) && URL.parse(entry)?.origin === entry.toLowerCase());

/** Who may ask, from where, and how patient the server is with them. */
export const accessSettings = {
  RERANK_API_KEY: secret(key, 'the key for /rerank, /info and /models; none: anybody may ask'),
  RERANK_ADMIN_KEY: secret(
    key,
    'the key for /update, /rollback, /compare and POST /models; none: only programs on the same machine may. Behind a proxy on the same machine it is needed',
  ),
  RERANK_API_KEYS_FILE: setting(
    text.optional(),
    'a file of more API keys, one a line, `id:key` or `key`; changes of it hold within seconds, without a restart. The ids appear in logs and metrics',
  ),
  RERANK_ADMIN_KEYS_FILE: setting(text.optional(), 'a file of more admin keys, in the same form'),
  RERANK_RATE_LIMIT: setting(
    z.coerce
      .number({ error: 'must be a number' })
      .min(0, { error: 'must not be below 0' })
      .max(1e6)
      .default(0),
    'requests a second for each API key, or for each address where there are no API keys; more get 429 with `Retry-After`; `0` for no limit',
  ),
  RERANK_CORS_ORIGINS: setting(
    text
      .refine((list) => listOf(list).every(isOrigin), {
        error: 'must be origins such as https://app.example.com with a comma between them, or *',
      })
      .optional(),
    'origins whose pages may use the server from a browser, or `*`',
  ),
  RERANK_ADMIN_PORT: setting(
    port.optional(),
    'a port for the admin routes: all routes answer there, and `PORT` has no admin routes any more',
  ),
  RERANK_ADMIN_HOST: setting(text.default('127.0.0.1'), 'the address of `RERANK_ADMIN_PORT`'),
  RERANK_TLS_CERT: setting(
    text.optional(),
    'a PEM file with the certificate, for HTTPS on all ports; taken anew when it changes, if the key fits',
  ),
  RERANK_TLS_KEY: setting(text.optional(), 'a PEM file with the key of the certificate'),
  RERANK_HEADERS_TIMEOUT_MS: setting(
    timeoutMs.default(15_000),
    'the longest that the headers of a request may take to arrive',
  ),
  RERANK_BODY_TIMEOUT_MS: setting(
    timeoutMs.default(60_000),
    'the longest that a body may take to arrive, and an answer to be fetched',
  ),
  RERANK_MAX_CONNECTIONS: setting(
    positive.default(10_000),
    'the most connections on each port; more are closed at once. Fewer where the limit of open files (`ulimit -n`) leaves no room for so many beside the models: the log says how many',
  ),
} as const;

type Values = z.output<z.ZodObject<typeof accessSettings>>;

/** The settings as one slice of the configuration. */
export function accessOf(values: Values) {
  const { RERANK_ADMIN_PORT: adminPort, RERANK_TLS_CERT: certFile, RERANK_TLS_KEY: keyFile } = values;
  return {
    api: { key: values.RERANK_API_KEY, file: values.RERANK_API_KEYS_FILE },
    admin: { key: values.RERANK_ADMIN_KEY, file: values.RERANK_ADMIN_KEYS_FILE },
    /** Requests a second; 0 for no limit. */
    rateLimit: values.RERANK_RATE_LIMIT,
    corsOrigins: listOf(values.RERANK_CORS_ORIGINS).map((origin) => origin.toLowerCase()),
    adminAddress: adminPort === undefined ? undefined : { host: values.RERANK_ADMIN_HOST, port: adminPort },
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    headersTimeoutMs: values.RERANK_HEADERS_TIMEOUT_MS,
    bodyTimeoutMs: values.RERANK_BODY_TIMEOUT_MS,
    maxConnections: values.RERANK_MAX_CONNECTIONS,
  };
}
