import { z } from 'zod';
import { time } from './fields';
import { backoffSchema } from './job';

const jsonSchema = z.record(z.string(), z.unknown());

export const jobTypeDefaults = z
  .object({
    maxAttempts: z.int(),
    backoff: backoffSchema,
    timeoutMs: z.number().describe('milliseconds of one attempt'),
    concurrency: z.int().describe('items at once in a batch; 0 = as many as the workers take'),
    ratePerMinute: z.number().describe('items started per minute in a batch; 0 = unlimited'),
    deadLetterQueue: z.string().optional().describe('a BullMQ queue that failed jobs are added to, for other clients'),
  })
  .meta({ id: 'JobTypeDefaults' });
export type JobTypeDefaults = z.infer<typeof jobTypeDefaults>;

/** What is wrong with a job file. */
export const ownTypeError = z
  .object({
    message: z.string().describe('what is wrong, and what to do'),
    file: z.string().describe('relative to the folder of jobs'),
    line: z.int().optional().describe('from 1'),
  })
  .meta({ id: 'JobTypeError' });
export type OwnTypeError = z.infer<typeof ownTypeError>;

const jobTypeState = z
  .enum(['offered', 'no-worker', 'broken', 'differs'])
  .describe(
    'offered = can be launched; no-worker = no running worker has it; broken = its file can’t be used; differs = machines have different versions',
  );
export type JobTypeState = z.infer<typeof jobTypeState>;

export const manyItems = z.object({ maxItems: z.int().describe('the items of one call at most') });

const jobTypeDto = z
  .object({
    type: z.string(),
    title: z.string(),
    description: z.string(),
    inputSchema: jsonSchema.describe('JSON Schema of one item'),
    outputSchema: jsonSchema.describe('JSON Schema of one result'),
    defaults: jobTypeDefaults,
    acceptsFiles: z.boolean().describe('whether items can be made from dropped files'),
    source: z.enum(['built-in', 'file', 'package']),
    version: z.string().describe('of the code'),
    icon: z.string().nullable(),
    state: jobTypeState,
    launchable: z.boolean().describe('whether jobs of it can be launched now'),
    error: ownTypeError.optional(),
    workers: z.array(
      z
        .object({ node: z.string(), version: z.string(), lastSeenAt: z.iso.datetime() })
        .describe('a machine that has it'),
    ),
    noWorkerSince: time
      .nullable()
      .describe('since when no running worker has it, as far as that is known; null where one has it'),
    many: manyItems.optional().describe('one call runs several items'),
  })
  .meta({ id: 'JobType' });
export type JobTypeDto = z.infer<typeof jobTypeDto>;

/** What a type is, whoever can run it. */
export type JobTypeDescription = Pick<
  JobTypeDto,
  'type' | 'title' | 'description' | 'inputSchema' | 'outputSchema' | 'defaults' | 'acceptsFiles' | 'many'
>;

/** `GET /api/job-types` */
export const jobTypeList = z.object({ jobTypes: z.array(jobTypeDto) });
export type JobTypeList = z.infer<typeof jobTypeList>;
