import { z } from 'zod';
import { batchOptions } from './batch';
import { metadataSchema } from './metadata';
import { name } from './text';

const { concurrency, ratePerMinute, priority, maxAttempts, stopOnFailureRate, stopAfter } = batchOptions.shape;

/** The options that can be changed after the launch, with its bounds. null removes one: then the default applies. */
export const steeringOptions = z
  .strictObject({
    concurrency: concurrency.nullable(),
    ratePerMinute: ratePerMinute.nullable(),
    priority: priority.nullable(),
    maxAttempts: maxAttempts.nullable(),
    stopOnFailureRate: stopOnFailureRate.nullable(),
    stopAfter: stopAfter.nullable(),
  })
  .meta({ id: 'SteeringOptions' });
export type SteeringOptions = z.infer<typeof steeringOptions>;

/** `PATCH /api/batches/:id` */
export const updateBatchBody = z.strictObject({
  options: steeringOptions.optional().describe('only before the batch has ended; what is left out stays'),
  name: name(200).optional(),
  metadata: metadataSchema.nullable().optional().describe('replaces all of it; null removes it'),
});
export type UpdateBatchBody = z.infer<typeof updateBatchBody>;
