import { z } from 'zod';
import { backoffSchema, idCursor, longList, MAX_ATTEMPTS, prioritySchema } from './job';
import { metadataSchema } from './metadata';
import { BATCH_STATUSES, type BatchStatus } from './status';
import { text } from './text';

/** One in about a week. What is far slower has no next moment that a clock can tell. */
const MIN_RATE = 0.0001;

export const batchOptions = z.strictObject({
  concurrency: z.int().min(0).max(10_000).optional().describe('children at once; 0 = as many as the consumers take'),
  ratePerMinute: z
    .number()
    .min(0)
    .max(10_000_000)
    .refine((v) => v === 0 || v >= MIN_RATE, `must be 0 or at least ${MIN_RATE}`)
    .optional()
    .describe('children started per minute; 0 = unlimited'),
  priority: prioritySchema.optional(),
  maxAttempts: z.int().min(1).max(MAX_ATTEMPTS).optional(),
  backoff: backoffSchema.optional(),
  delaySeconds: z
    .number()
    .min(0)
    .max(30 * 24 * 3600)
    .optional()
    .describe('seconds before the first child may start'),
  stopOnFailureRate: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('cancel what has not started above this share of failures'),
  stopAfter: z.int().min(1).optional().describe('children seen before stopOnFailureRate applies; 20 by default'),
});
export type BatchOptions = z.infer<typeof batchOptions>;

/** Everything of a launch but its items: the JSON body, or the `batch` query parameter of a streamed one. */
export const launchFields = z.strictObject({
  name: text(200).min(1),
  type: z.string().min(1).max(100),
  options: batchOptions.optional(),
  metadata: metadataSchema.optional(),
  correlationId: text(200).optional(),
  uniqueKey: text(200).min(1).optional(),
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
    .describe('unsealed only: sealed by itself when nothing came for this long; 3600 by default'),
});
export type LaunchFields = z.infer<typeof launchFields>;

export const launchBody = launchFields.extend({ items: longList });

/** `POST /api/batches/:id/items` as JSON; as NDJSON or CSV the body is the items and `seal` a query parameter. */
export const addItemsBody = z.strictObject({ items: longList, seal: z.boolean().default(false) });
export const addItemsQuery = z.strictObject({
  seal: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .optional()
    .describe('with NDJSON or CSV: whether these are the last items'),
});

export const registerChildBody = z.strictObject({ jobId: z.string().min(1).max(64) });

export interface AddItemsResult {
  batchId: string;
  /** items that this call added, or had added under the same Idempotency-Key */
  added: number;
  total: number;
  sealed: boolean;
  status: BatchStatus;
}

export interface LaunchResult {
  batchId: string;
  parentJobId: string;
  enqueuedCount: number;
  status: BatchStatus;
}

export interface BatchDto {
  id: string;
  name: string;
  type: string;
  status: BatchStatus;
  paused: boolean;
  /** false while items may still be added */
  sealed: boolean;
  /** how many items were announced */
  announced: number | null;
  /** when an unsealed batch is sealed by itself, unless something comes before */
  sealsAt: string | null;
  total: number;
  pending: number;
  active: number;
  completed: number;
  failed: number;
  cancelled: number;
  /** children that ended with warnings, whatever their state */
  warned: number;
  /** 0–100; 100 only when nothing is open */
  progress: number;
  ratePerSecond: number | null;
  etaSeconds: number | null;
  priority: number;
  options: BatchOptions;
  /** null in lists and snapshots beyond `METADATA_SHOWN` bytes */
  metadata: unknown;
  /** only there: how `metadata` begins */
  metadataPreview?: string;
  correlationId: string;
  uniqueKey: string | null;
  /** "graceful" or "force" while a cancel is being carried out, and after it */
  cancelMode: 'graceful' | 'force' | null;
  /** why it stopped by itself */
  stopReason: string | null;
  /** waiting for a slot since: before it starts, or again because it had given its slot back */
  queuedAt: string | null;
  /** counts against the maximum of running batches; one that is paused, or that only waits for a later time, does not */
  holdsSlot: boolean;
  /** it gave its slot back because nothing of it can run before this time */
  wakesAt: string | null;
  /** first child not before */
  notBefore: string | null;
  /** starts and retries so far */
  run: number;
  createdBy: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface BatchStatusDto {
  status: BatchStatus;
  progress: number;
  completed: number;
  failed: number;
  total: number;
}

const failureReason = z.strictObject({ message: text(1200), code: z.string().max(100).nullable() });
/** Why children failed, as a group of them says it. */
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
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idCursor.optional(),
});
export type ListBatchesQuery = z.infer<typeof listBatchesQuery>;

export const resultsQuery = z.strictObject({
  format: z.enum(['jsonl', 'csv', 'xlsx', 'zip']).default('jsonl').describe('zip: the files that items made'),
  status: z.enum(['completed', 'failed', 'cancelled', 'pending', 'active', 'delayed']).optional(),
  layout: z
    .enum(['items', 'fields', 'table'])
    .optional()
    .describe(
      'items: input and result as JSON (of CSV and JSONL the default); fields: a column for each of their fields (of CSV and XLSX); table: the columns that were brought, then those of the results, _status and _error',
    ),
  bom: z
    .enum(['true', 'false'])
    .optional()
    .describe('of CSV: begin with a byte order mark, which Excel needs to see UTF-8; layout=fields has one by default'),
});
export type ResultsQuery = z.output<typeof resultsQuery>;

export const errorsQuery = z.strictObject({
  format: z.enum(['csv', 'jsonl', 'xlsx']).default('csv'),
  columns: z
    .enum(['table', 'fields'])
    .optional()
    .describe('of the imported table or of the items; csv and xlsx: those of the table, where it is kept'),
});
export type ErrorsQuery = z.output<typeof errorsQuery>;

/** How fast a batch went, in equal parts of its time. Of a large batch `finished` is told from a sample. */
export interface ThroughputDto {
  /** null until it has started */
  from: string | null;
  stepMs: number;
  points: { finished: number; failed: number }[];
}

/** How many groups `/failures` gives, and of how many failed children it reads the reason. */
export const FAILURE_GROUPS = { most: 20, read: 50_000 };

/** A group of failed children of a batch that failed for the same reason. */
export interface FailureGroup {
  message: string;
  code: string | null;
  count: number;
  sample: { jobId: string; index: number | null };
}
