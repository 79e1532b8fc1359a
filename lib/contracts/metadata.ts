import { z } from 'zod';

/** Maximum size of metadata as JSON, in bytes of UTF-8. */
export const MAX_METADATA_BYTES = 16 * 1024;
/** Maximum number of keys in metadata, over all levels. */
export const MAX_METADATA_KEYS = 100;

/**
 * Data that a client attaches to a job or a batch. The schema returns the same object, because `z.record` would drop a
 * key named `__proto__`. The domain functions check its size and reject it with 422.
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
