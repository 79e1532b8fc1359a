/** The three presets of the four settings below; an explicit variable beats its preset. 0 = unlimited. */
export const PRESETS = {
  development: { MAX_ACTIVE_BATCHES: 1, EMBEDDING_CONCURRENCY: 1, EMBEDDING_BATCH_SIZE: 3, EMBEDDING_RATE_LIMIT: 10 },
  production: { MAX_ACTIVE_BATCHES: 2, EMBEDDING_CONCURRENCY: 3, EMBEDDING_BATCH_SIZE: 10, EMBEDDING_RATE_LIMIT: 30 },
  'high-performance': {
    MAX_ACTIVE_BATCHES: 4,
    EMBEDDING_CONCURRENCY: 5,
    EMBEDDING_BATCH_SIZE: 20,
    EMBEDDING_RATE_LIMIT: 60,
  },
} as const;
