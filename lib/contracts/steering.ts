import { z } from 'zod';
import { batchOptions } from './batch-options';
import { count } from './fields';
import { metadataSchema } from './metadata';
import { name } from './text';

const { concurrency, ratePerMinute, priority, maxAttempts, stopOnFailureRate, stopAfter, budget } = batchOptions.shape;

/** The options that can be changed after the launch, with its bounds. null removes one: then the default applies. */
export const steeringOptions = z
  .strictObject({
    concurrency: concurrency.nullable(),
    ratePerMinute: ratePerMinute.nullable(),
    priority: priority.nullable(),
    maxAttempts: maxAttempts.nullable(),
    stopOnFailureRate: stopOnFailureRate.nullable(),
    stopAfter: stopAfter.nullable(),
    budget: budget.nullable(),
  })
  .meta({ id: 'SteeringOptions' });
export type SteeringOptions = z.infer<typeof steeringOptions>;

/** `POST /api/pause-all` and `/resume-all` */
export const pauseAllBody = z.strictObject({
  everywhere: z.boolean().default(false).describe('of all organizations: for system administrators'),
});
export type PauseAllBody = z.infer<typeof pauseAllBody>;

export const pauseAllAnswer = z.object({
  paused: z.boolean().describe('whether everything is paused now; after a resume also if the whole system is paused'),
  batches: count.describe('batches that wait because of it, or that continue; not those that are paused by themselves'),
});
export type PauseAllAnswer = z.infer<typeof pauseAllAnswer>;

/** `PATCH /api/batches/:id` */
export const updateBatchBody = z.strictObject({
  options: steeringOptions.optional().describe('only before the batch has ended; what is left out stays'),
  name: name(200).optional(),
  metadata: metadataSchema.nullable().optional().describe('replaces all of it; null removes it'),
});
export type UpdateBatchBody = z.infer<typeof updateBatchBody>;
