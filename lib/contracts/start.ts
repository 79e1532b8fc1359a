import { z } from 'zod';

/** How a batch that waits is started: now, or by itself as soon as there is capacity. */
export const startBatchBody = z.strictObject({ start: z.enum(['now', 'queue']).default('now') });
