import { bytes, oneOf, port, positive, setting, text } from './rules.ts';

/** Where the server listens, and what it takes from one request and in all. */
export const serverSettings = {
  HOST: setting(text.default('127.0.0.1'), 'the address it listens on; `0.0.0.0` for all'),
  PORT: setting(port.default(8000), 'the port; `0` for any that is free'),
  RERANK_MAX_BODY_BYTES: setting(bytes(1, 2 ** 34).default(8 * 2 ** 20), 'the largest body of a request'),
  RERANK_MAX_DOCUMENTS: setting(positive.default(10_000), 'the most documents of one request'),
  RERANK_MAX_QUEUE_TOKENS: setting(
    positive.default(4_000_000),
    'tokens of admitted requests; beyond this, requests get 429 with `Retry-After`',
  ),
  RERANK_SCORE_CACHE_BYTES: setting(
    bytes(0, 2 ** 34).default(64 * 2 ** 20),
    'memory for scores that were computed lately (some 220 bytes a pair); `0` turns the cache off',
  ),
  RERANK_REQUEST_TIMEOUT_MS: setting(
    positive.default(60_000),
    'the longest a request may take; a request may ask for less',
  ),
  RERANK_ENGINE_TIMEOUT_MS: setting(
    positive.default(20_000),
    'a batch that takes longer has its engine killed and is tried once more on another; keep it at a third of `RERANK_REQUEST_TIMEOUT_MS`, so that whoever waited behind it still gets an answer',
  ),
  RERANK_LOAD_TIMEOUT_MS: setting(positive.default(300_000), 'the longest that loading a model may take'),
  RERANK_SHUTDOWN_TIMEOUT_MS: setting(
    positive.default(25_000),
    'how long requests in flight may take to end after SIGTERM',
  ),
} as const;

/** How requests are understood. */
export const requestSettings = {
  RERANK_MODEL_ALIASES: setting(
    text.optional(),
    'names, with `,` between them, by which clients may call whatever model serves; GET /v1/models lists them',
  ),
  RERANK_STRICT_MODEL: setting(
    text.default('0'),
    '`1`: a request that names another model than the one that serves gets 404; otherwise it gets the model that serves, and the answer says which',
  ),
  RERANK_LONG_DOCUMENTS: setting(
    oneOf('truncate', 'max_passage').default('truncate'),
    'what becomes of long documents where a request has no `long_document`: `truncate` scores their start, `max_passage` their best window',
  ),
} as const;
