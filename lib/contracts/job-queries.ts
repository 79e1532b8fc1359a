import { z } from 'zod';
import { queryText } from './fields';
import { JOB_STATUSES, STATUS_ALIASES } from './status';

const limit = z.coerce.number().int().min(1).max(100).default(20);
const WRONG_CURSOR = 'is not a cursor of this list';
/** The cursor of lists that are sorted newest first: an id, from `nextCursor` of the previous page. */
export const idCursor = z.uuid(WRONG_CURSOR);
/** The cursor of jobs that a query found: an id, with a mark while the rows are searched that no index knows. */
const searchCursor = z.string().regex(/^(?:rest:)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, WRONG_CURSOR);
/** The cursor of lists in the order of a batch or a table: a place, from `nextCursor` of the previous page. */
export const placeCursor = z.string().regex(/^\d{1,9}$/, WRONG_CURSOR);

/** One status, or several separated by commas. Statuses of other job systems are accepted (`STATUS_ALIASES`). */
export const jobStatusFilter = z
  .string()
  .transform((s) => s.split(',').flatMap((word) => STATUS_ALIASES[word] ?? (word || [])))
  .pipe(z.array(z.enum(JOB_STATUSES)));

export const listJobsQuery = z.strictObject({
  type: z.string().max(100).optional(),
  status: jobStatusFilter.optional(),
  batchId: z.string().max(64).optional(),
  q: z.string().max(200).optional(),
  query: queryText.optional(),
  limit,
  offset: z.coerce.number().int().min(0).max(100_000).optional(),
  cursor: searchCursor.optional(),
});
export type ListJobsQuery = z.infer<typeof listJobsQuery>;

export const listBatchJobsQuery = z.strictObject({
  status: jobStatusFilter.optional(),
  q: z.string().max(200).optional(),
  warned: z
    .literal('true')
    .transform(() => true as const)
    .optional()
    .describe('only children that ended with warnings'),
  limit,
  cursor: placeCursor.optional(),
});
export type ListBatchJobsQuery = z.infer<typeof listBatchJobsQuery>;

const MAX_LOG_LINES = 5000;

export const jobLogsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LOG_LINES).default(MAX_LOG_LINES),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, WRONG_CURSOR)
    .optional(),
});
export type JobLogsQuery = z.infer<typeof jobLogsQuery>;

export const batchLogsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LOG_LINES).default(1000),
  cursor: z
    .string()
    .regex(/^(?:\d{1,9}-\d{1,18}-\d{1,18}|w\d{1,18})$/, WRONG_CURSOR)
    .optional()
    .describe('a `nextCursor` or a `tail`'),
});
export type BatchLogsQuery = z.infer<typeof batchLogsQuery>;

/** `DELETE /api/jobs/cleanup`: selects the finished single jobs to delete. */
export const cleanUpQuery = z.strictObject({
  olderThanDays: z.coerce.number().min(0).max(3650).default(7).describe('days since they ended'),
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(['completed', 'failed', 'cancelled'])).min(1))
    .optional(),
  type: z.string().max(100).optional(),
});
