import { env } from '@/lib/config/env';
import type { BatchOptions } from '@/lib/contracts/batch';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** The type's defaults with what the environment says: the preset speaks of the embedding work. */
export function typeDefaults(type: JobType): JobTypeDefaults {
  const { defaults } = definitionOf(type);
  if (type !== 'document-processing') return defaults;
  const e = env();
  return {
    ...defaults,
    concurrency: e.EMBEDDING_CONCURRENCY,
    // The rate protects a remote endpoint; the local embedder needs no protection.
    ratePerMinute: e.EMBEDDING_BASE_URL ? e.EMBEDDING_RATE_LIMIT : 0,
  };
}

/** Rows fetched per page when a batch is handed to the queue. */
export const rowsPerPage = (type: JobType): number =>
  (type === 'document-processing' && env().EMBEDDING_BATCH_SIZE) || 1000;

/** How a batch runs: its own options, else the defaults of its type. */
export function effectiveOptions(type: JobType, options: BatchOptions) {
  const d = typeDefaults(type);
  return {
    concurrency: options.concurrency ?? d.concurrency,
    ratePerMinute: options.ratePerMinute ?? d.ratePerMinute,
    maxAttempts: options.maxAttempts ?? d.maxAttempts,
    backoff: options.backoff ?? d.backoff,
    priority: options.priority ?? 0,
    delaySeconds: options.delaySeconds ?? 0,
  };
}
