import { z } from 'zod';

/** Bytes of UTF-8 of metadata as JSON. */
export const MAX_METADATA_BYTES = 16 * 1024;
/** Keys of metadata, at all depths. */
export const MAX_METADATA_KEYS = 100;

/**
 * What a client attaches to a job or a batch. Kept by reference: a record would drop a key named `__proto__`. The domain
 * functions check its size and answer 422.
 */
export const metadataSchema = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .meta({
    type: 'object',
    additionalProperties: true,
    description: `at most ${MAX_METADATA_BYTES / 1024} KiB as JSON, and ${MAX_METADATA_KEYS} keys at all depths`,
  });
