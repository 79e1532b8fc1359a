import { z } from 'zod';
import { batchOptions, budgetSchema, PAUSE_REASONS } from './batch-options';
import { notifySchema } from './channel';
import { costsSchema } from './costs';
import { count, nextCursor, queryText, time } from './fields';
import { longList, searchedDto } from './job';
import { idCursor } from './job-queries';
import { metadataSchema } from './metadata';
import { MAX_SEARCHABLE, MAX_SEARCHABLE_LENGTH, SEARCHABLE_FIELD } from './searchable';
import { BATCH_STATUSES } from './status';
import { name, text } from './text';

/** A field of an input: a name, or names with dots between the levels. */
const searchableField = z
  .string()
  .max(MAX_SEARCHABLE_LENGTH)
  .regex(SEARCHABLE_FIELD, 'must be a field of the items, such as customer or customer.id');

/** A launch without its items: in the JSON body, or in the query parameter `batch` of a streamed launch. */
export const launchFields = z.strictObject({
  name: name(200),
  type: z.string().min(1).max(100),
  options: batchOptions.optional(),
  metadata: metadataSchema.optional(),
  correlationId: text(200).optional(),
  uniqueKey: text(200).min(1).optional(),
  searchable: z
    .array(searchableField)
    .max(MAX_SEARCHABLE)
    .optional()
    .describe('fields of the items whose values are indexed: `data.customer:acme` finds them at once in all batches'),
  nameBy: searchableField
    .optional()
    .describe('the field of the items whose value is the name of each; without one its job type names it'),
  notify: notifySchema.optional(),
  start: z.enum(['now', 'queue', 'manual']).default('now'),
  sealed: z.boolean().optional().describe('false: further items may be added until it is sealed; it ends after that'),
  announcedItems: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('unsealed only: how many items will come in all; the last of them seals it'),
  sealAfterSeconds: z
    .int()
    .min(1)
    .max(30 * 24 * 3600)
    .optional()
    .describe('unsealed only: sealed automatically when nothing came for this long; 3600 by default'),
});
export type LaunchFields = z.infer<typeof launchFields>;

export const launchBody = launchFields.extend({ items: longList });

/** `POST /api/batches/:id/items` as JSON. With NDJSON or CSV, the body is the items and `seal` a query parameter. */
export const addItemsBody = z.strictObject({ items: longList, seal: z.boolean().default(false) });
export const addItemsQuery = z.strictObject({
  seal: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional()
    .describe('with NDJSON or CSV: whether these are the last items'),
});

/** How a waiting batch is started: now, or automatically as soon as there is capacity. */
export const startBatchBody = z.strictObject({ start: z.enum(['now', 'queue']).default('now') });

/** `POST /api/batches/:id/resume` */
export const resumeBatchBody = z.strictObject({
  budget: budgetSchema.nullable().optional().describe('replaces the budget; null removes it'),
});
export type ResumeBatchBody = z.infer<typeof resumeBatchBody>;

export const registerChildBody = z.strictObject({ jobId: z.string().min(1).max(64) });

export const addItemsResult = z
  .object({
    batchId: z.string(),
    added: count.describe('items that this call added, or had added under the same Idempotency-Key'),
    total: count,
    sealed: z.boolean(),
    status: z.enum(BATCH_STATUSES),
  })
  .meta({ id: 'AddItemsResult' });
export type AddItemsResult = z.infer<typeof addItemsResult>;

export const launchResult = z
  .object({
    batchId: z.string(),
    parentJobId: z.string(),
    enqueuedCount: count,
    status: z.enum(BATCH_STATUSES),
  })
  .meta({ id: 'LaunchResult' });
export type LaunchResult = z.infer<typeof launchResult>;

export const batchDto = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    status: z.enum(BATCH_STATUSES),
    paused: z.boolean(),
    pausedAt: time.nullable(),
    pausedWhy: z
      .enum(PAUSE_REASONS)
      .nullable()
      .describe('a batch whose budget was spent is resumed with another budget'),
    sealed: z.boolean().describe('false while items may still be added'),
    announced: count.nullable().describe('how many items were announced'),
    sealsAt: time.nullable().describe('when an unsealed batch is sealed automatically, unless an item is added before'),
    total: count,
    pending: count,
    active: count,
    completed: count,
    failed: count,
    cancelled: count,
    warned: count.describe('children that ended with warnings, whatever their status'),
    costs: costsSchema.describe('what all recorded attempts of its children cost, of all runs'),
    progress: z.number().min(0).max(100).describe('percent; 100 only when nothing is open'),
    ratePerSecond: z.number().nullable(),
    etaSeconds: z.number().nullable(),
    priority: z.int(),
    options: batchOptions,
    metadata: z.unknown().describe('null in lists and snapshots when it is long'),
    metadataPreview: z.string().exactOptional().describe('only for long metadata: how it begins'),
    correlationId: z.string(),
    uniqueKey: z.string().nullable(),
    nameBy: z
      .string()
      .nullable()
      .describe(
        'the field of the items, or the column of the imported table, that names them; null: the job type does',
      ),
    cancelMode: z.enum(['graceful', 'force']).nullable().describe('set while a cancel is carried out, and after it'),
    stopReason: z.string().nullable().describe('why it stopped automatically'),
    queuedAt: time.nullable().describe('it has been waiting for a slot since then'),
    holdsSlot: z.boolean().describe('whether it counts against the maximum of running batches'),
    lacksWorker: z
      .boolean()
      .describe('no running worker has its job type: it holds no slot, and continues by itself when one has'),
    wakesAt: time.nullable().describe('it released its slot because none of its items can run before this time'),
    notBefore: time.nullable().describe('the first child does not start before this time'),
    run: count.describe('starts and retries so far'),
    createdBy: z.string().nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Batch' });
export type BatchDto = z.infer<typeof batchDto>;

export const batchStatusDto = z
  .object({
    status: z.enum(BATCH_STATUSES),
    progress: z.number(),
    completed: count,
    failed: count,
    total: count,
  })
  .meta({ id: 'BatchStatus' });
export type BatchStatusDto = z.infer<typeof batchStatusDto>;

export const batchAnswer = z.object({ batch: batchDto });
export type BatchAnswer = z.infer<typeof batchAnswer>;
export const batchList = z.object({
  batches: z.array(batchDto),
  nextCursor,
  searched: searchedDto.exactOptional().describe('only with `query`: how many batches were searched'),
});
export type BatchList = z.infer<typeof batchList>;
export const registeredChild = z.object({ registered: z.boolean(), batch: batchDto });
/** `POST /api/jobs/process/all/:id` */
export const startResult = launchResult.extend({ batch: batchDto }).meta({ id: 'StartResult' });
/** `POST /api/batches/:id/retry` */
export const retryBatchResult = z
  .object({
    batch: batchDto,
    retried: count.describe('items that run again'),
    matched: count.describe('items that were selected; with `dry` none of them runs'),
  })
  .meta({ id: 'RetryBatchResult' });
export type RetryBatchResult = z.infer<typeof retryBatchResult>;

export const failureReason = z.strictObject({ message: text(1200), code: z.string().max(100).nullable() });
/** Why the children of one failure group failed. */
export type FailureReason = z.infer<typeof failureReason>;

export const retryBatchBody = z.strictObject({
  only: z.enum(['failed', 'cancelled', 'all']).default('failed'),
  reason: failureReason.optional().describe('only the items that failed for this reason, as /failures gives it'),
  q: z.string().max(200).optional().describe('only the items that this search of /jobs finds'),
  dry: z.boolean().default(false).describe('change nothing; `matched` says how many would run again'),
});
export type RetryBatchBody = z.input<typeof retryBatchBody>;

export const listBatchesQuery = z.strictObject({
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(BATCH_STATUSES)))
    .optional(),
  type: z.string().max(100).optional(),
  q: z.string().max(200).optional(),
  query: queryText.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idCursor.optional(),
});
export type ListBatchesQuery = z.infer<typeof listBatchesQuery>;

/** Throughput of a batch in equal time intervals. For a large batch it is estimated from a sample. */
export const throughputDto = z
  .object({
    from: time.nullable().describe('null until it has started'),
    stepMs: z.number(),
    points: z.array(z.object({ finished: count, failed: count })),
  })
  .meta({ id: 'Throughput' });
export type ThroughputDto = z.infer<typeof throughputDto>;

const failureGroup = z
  .object({
    message: z.string(),
    code: z.string().nullable(),
    count,
    sample: z.object({ jobId: z.string(), index: count.nullable() }),
  })
  .meta({ id: 'FailureGroup', description: 'Failed children of a batch with the same reason.' });
export type FailureGroup = z.infer<typeof failureGroup>;

export const failureGroups = z.object({
  groups: z.array(failureGroup).describe('the largest first'),
  discarded: count.describe('failed children that somebody discarded; the others are dead letters'),
});
export type FailureGroups = z.infer<typeof failureGroups>;
