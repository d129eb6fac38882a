/** From a cached answer to the longest that a request may take. */
export const REQUEST_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** From a rollback to a model that is still loaded, to gigabytes that are fetched and compiled. */
export const SWAP_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** From one moved reference to a whole load under the lock. */
export const LOCK_SECONDS = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.05, 0.5, 2.5, 10, 60];

export const PAIRS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Up to RERANK_MAX_DOCUMENTS as it is by default. */
export const DOCUMENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

export const TOKENS = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];
