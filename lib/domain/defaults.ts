import { env } from '@/lib/config/env';
import { type BatchOptions, type EffectiveOptions, effectiveOptions } from '@/lib/contracts/batch';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** The defaults of a type, with what the environment sets for embedding. */
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

/** Rows that are enqueued per page. */
export const rowsPerPage = (type: JobType): number =>
  (type === 'document-processing' && env().EMBEDDING_BATCH_SIZE) || 1000;

/** The options that apply to a batch of a type, with what the environment sets. */
export const optionsOf = (type: JobType, options: BatchOptions): EffectiveOptions =>
  effectiveOptions(options, typeDefaults(type));
