import { env } from '@/lib/config/env';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { type EffectiveOptions, effectiveOptions } from '@/lib/contracts/effective-options';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** Returns the defaults of a job type, with the environment's settings for embedding. */
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

/** How many rows are enqueued per page. */
export const rowsPerPage = (type: JobType): number =>
  (type === 'document-processing' && env().EMBEDDING_BATCH_SIZE) || 1000;

/** Returns the options of a batch of a type, with the environment's settings. */
export const optionsOf = (type: JobType, options: BatchOptions): EffectiveOptions =>
  effectiveOptions(options, typeDefaults(type));
