import { z } from 'zod';
import { launchFields } from './batch';
import { notifySchema } from './channel';
import { ITEM_SOURCES } from './choices';
import { count, queryText } from './fields';
import { type FlowNodeBody, flowNodeBody } from './flow';
import { jobFields, longList } from './job';

export const LAUNCH_KINDS = ['batch', 'job', 'flow'] as const;
export type LaunchKind = (typeof LAUNCH_KINDS)[number];

/** Items that a schedule may hold itself; more belong into a file. */
export const MAX_SCHEDULED_ITEMS = 10_000;
/** Maximum size of what a schedule launches as JSON, in bytes. */
export const MAX_LAUNCH_BYTES = 1024 ** 2;
/** Maximum number of jobs that a firing finds with its query and launches: the newest ones. */
export const MAX_QUERIED_ITEMS = 100_000;

const FIELD_OF = { items: 'items', file: 'fileId', url: 'url', query: 'query' } as const;

const itemsUrl = z
  .string()
  .min(1)
  .max(2000)
  .describe('an address that each firing fetches the items from: CSV, JSON lines, a spreadsheet …');
const itemsQuery = queryText
  .refine((text) => text.trim() !== '', 'must not be empty')
  .describe('a query over jobs: the inputs of those of the same type that match at each firing are the items');

/** What is launched as a batch: the body of `POST /api/batches`, with its items or where they come from. */
const batchLaunch = launchFields
  .extend({
    start: z
      .enum(['now', 'queue'])
      .default('queue')
      .describe('queue: it waits for a free slot; now: it fails without one'),
    items: longList.optional(),
    fileId: z.uuid().optional().describe('a stored file with the items: CSV, JSON lines, a spreadsheet …'),
    url: itemsUrl.optional(),
    query: itemsQuery.optional(),
  })
  .refine((b) => ITEM_SOURCES.filter((source) => b[FIELD_OF[source]] !== undefined).length === 1, {
    message: 'give one of items, fileId, url and query',
    path: ['items'],
  })
  .refine((b) => (b.items?.length ?? 1) > 0, { message: 'must have at least one item', path: ['items'] })
  .refine((b) => (b.items?.length ?? 0) <= MAX_SCHEDULED_ITEMS, {
    message: `has more than ${MAX_SCHEDULED_ITEMS} items; store them as a file and give fileId`,
    path: ['items'],
  });
export type BatchLaunch = z.infer<typeof batchLaunch>;

const jobLaunch = jobFields.omit({ runAt: true, parentJobId: true });
export type JobLaunch = z.infer<typeof jobLaunch>;

// Absent options and undefined ones are the same here.
const flowLaunch = flowNodeBody as z.ZodType<FlowNodeBody>;

export const scheduledLaunch = z
  .strictObject({
    batch: batchLaunch.optional(),
    job: jobLaunch.optional(),
    flow: flowLaunch.optional(),
    notify: notifySchema.optional().describe('of a flow: who is told once it has ended'),
  })
  .refine((launch) => LAUNCH_KINDS.filter((kind) => launch[kind] !== undefined).length === 1, {
    message: 'give one of batch, job and flow',
  })
  .refine((launch) => launch.notify === undefined || launch.flow !== undefined, {
    message: 'belongs into the batch or the job',
    path: ['notify'],
  })
  .meta({ id: 'ScheduledLaunch', description: 'What a schedule launches: a batch, a job or a flow.' });
export type ScheduledLaunch = z.infer<typeof scheduledLaunch>;

/** What a batch of a schedule that need not exist would launch now. */
export const previewItemsBody = z
  .strictObject({ type: z.string().min(1).max(100), url: itemsUrl.optional(), query: itemsQuery.optional() })
  .refine((b) => (b.url === undefined) !== (b.query === undefined), 'give url or query');
export type PreviewItemsBody = z.infer<typeof previewItemsBody>;

export const previewItemsAnswer = z.object({
  items: z.object({
    count,
    more: z.boolean().describe('there are more than were counted'),
    note: z.string().exactOptional().describe('what the query will find again'),
  }),
});
export type PreviewItemsAnswer = z.infer<typeof previewItemsAnswer>;
