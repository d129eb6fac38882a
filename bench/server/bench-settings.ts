/** Settings of every server and engine of a bench, whatever is measured. */
export const benchSettings = {
  HOST: '127.0.0.1',
  // The same requests come again and again: remembering their scores would be no answer to the question.
  RERANK_SCORE_CACHE_BYTES: '0',
  // The benches come without keys.
  RERANK_API_KEY: '',
  RERANK_ADMIN_KEY: '',
  LOG_FORMAT: 'json',
} as const;
