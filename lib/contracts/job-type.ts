import { z } from 'zod';
import { backoffSchema } from './job';

const jsonSchema = z.record(z.string(), z.unknown());

const jobTypeDefaults = z
  .object({
    maxAttempts: z.int(),
    backoff: backoffSchema,
    timeoutMs: z.number().describe('milliseconds of one attempt'),
    concurrency: z.int().describe('items at once in a batch; 0 = as many as the workers take'),
    ratePerMinute: z.number().describe('items started per minute in a batch; 0 = unlimited'),
  })
  .meta({ id: 'JobTypeDefaults' });
export type JobTypeDefaults = z.infer<typeof jobTypeDefaults>;

const jobTypeDto = z
  .object({
    type: z.string(),
    title: z.string(),
    description: z.string(),
    inputSchema: jsonSchema.describe('JSON Schema of one item'),
    outputSchema: jsonSchema.describe('JSON Schema of one result'),
    defaults: jobTypeDefaults,
    acceptsFiles: z.boolean().describe('whether items can be made from dropped files'),
  })
  .meta({ id: 'JobType' });
export type JobTypeDto = z.infer<typeof jobTypeDto>;

/** `GET /api/job-types` */
export const jobTypeList = z.object({ jobTypes: z.array(jobTypeDto) });
export type JobTypeList = z.infer<typeof jobTypeList>;
