import { z } from 'zod';
import type { JobError } from './errors';
import { metadataSchema } from './metadata';
import { JOB_STATUSES, type JobStatus, STATUS_ALIASES } from './status';
import { text } from './text';

export interface JobProgress {
  current: number;
  total: number;
  message: string | null;
  /** measures that a job took on its way, such as the loss of each epoch */
  chart?: ProgressChart;
}

/** Something to be known about a job that ended, such as text that could not be read. `code` is stable, kebab-case. */
export interface JobWarning {
  code: string;
  message: string;
}

/** Warnings that are kept of a job, and characters in the message of each. */
export const MAX_WARNINGS = 20;
export const MAX_WARNING_MESSAGE = 500;

/** Curves over one axis; see `MAX_CHART_POINTS`. */
export interface ProgressChart {
  /** what the first number of a point counts, such as `epoch` */
  axis: string;
  series: { name: string; points: [number, number][] }[];
}

/** Points of a series that travel and are kept; a longer one is thinned out. */
export const MAX_CHART_POINTS = 200;

/** One run that did not end well, or the current one. */
/**
 * One time that a worker had the job. Those that failed or completed count in `attemptsMade`; those that were put off
 * (`deferred`), cancelled, or whose worker died (`crashed`) don't.
 */
export interface AttemptDto {
  /** counts over all runs; a number is missing where a worker was stopped and the job given to another one */
  attempt: number;
  /** a retry by hand opens the next run; 1 is the first */
  run: number;
  outcome: 'failed' | 'deferred' | 'cancelled' | 'crashed' | 'completed' | 'active';
  startedAt: string;
  finishedAt: string | null;
  error: JobError | null;
}

/** What lists, snapshots, events and single resources say alike. */
interface JobFacts {
  id: string;
  type: string;
  name: string;
  description: string | null;
  status: JobStatus;
  error: JobError | null;
  /** of the run that ended it; lists carry the first few */
  warnings: JobWarning[];
  progress: JobProgress | null;
  priority: number;
  attemptsMade: number;
  maxAttempts: number;
  backoff: Backoff | null;
  batchId: string | null;
  /** its batch, or the node of its flow that waits for it */
  parentJobId: string | null;
  /** the flow that it is a node of */
  flowId: string | null;
  /** place in the batch, from 0 */
  index: number | null;
  correlationId: string | null;
  metadata: unknown;
  createdBy: string | null;
  /** when a delayed job becomes due */
  runAt: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  durationMs: number | null;
  /** asked to stop, still running */
  cancelRequested: boolean;
}

/** A single job: with its input and its result, whole. */
export interface JobDto extends JobFacts {
  data: unknown;
  result: unknown;
}

/**
 * A job in a list, a snapshot or an event: bounded, whatever its row holds. Long words are cut, the stack of its error
 * is left out (in lists the chart of its progress too), and `metadata` beyond `METADATA_SHOWN` bytes is null.
 */
export interface JobSummaryDto extends JobFacts {
  /** the JSON text of the input, at most `PREVIEW_BYTES` of UTF-8; where it goes on, it ends with … */
  dataPreview: string;
  /** the same of the result; `null` while there is none */
  resultPreview: string;
  /** how `metadata` begins, where it is too long for a list */
  metadataPreview?: string;
}

/** How far a search looked before it answered. */
export interface SearchedDto {
  /** false: `nextCursor` goes on */
  all: boolean;
  /** how many were looked at */
  rows: number;
}

/** Bytes of UTF-8 of a preview of an input or a result, with its mark. */
export const PREVIEW_BYTES = 1024;
/** Bytes of UTF-8 of `metadata` in lists. */
export const METADATA_SHOWN = 512;

/** `GET /api/jobs/:id` adds the runs. */
export interface JobDetailDto extends JobDto {
  /** of all runs, the oldest first */
  attempts: AttemptDto[];
  /** the present run: `attemptsMade` and `maxAttempts` are of this one */
  run: number;
  batchName: string | null;
  /** the id that another BullMQ client gave it, or got for it; null for a job of our own */
  externalId: string | null;
}

export interface JobLogLine {
  at: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  attempt: number;
}

export interface JobCounts {
  total: number;
  pending: number;
  active: number;
  completed: number;
  failed: number;
  cancelled: number;
}

export interface JobStatsDto extends JobCounts {
  /** completed / (completed + failed), 0–100; null before anything finished */
  successRate: number | null;
  averageDurationMs: number | null;
  byType: Record<string, JobCounts>;
}

/** Bytes of the data of one job, as JSON. */
export const MAX_DATA_BYTES = 10 * 1024 ** 2;

export const MAX_ATTEMPTS = 100;
/** 30 days: longer waits belong in a schedule */
export const MAX_DELAY_MS = 30 * 24 * 3600 * 1000;

export const backoffSchema = z.strictObject({
  type: z.enum(['fixed', 'exponential']),
  delay: z
    .int()
    .min(0)
    .max(24 * 3600 * 1000)
    .describe('milliseconds before the second attempt'),
});
export type Backoff = z.infer<typeof backoffSchema>;

export const prioritySchema = z.int().min(0).max(1000).describe('0–1000, higher first');

/** A list whose items are looked at one by one, by whoever goes through it: there may be very many. */
export const longList = z
  .custom<unknown[]>((value) => Array.isArray(value), {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be a list'),
  })
  .meta({ type: 'array', items: {} });

export const createJobBody = z
  .strictObject({
    type: z.string().min(1).max(100),
    name: text(200).optional(),
    description: text(2000).optional(),
    data: z.unknown().refine((v) => v !== undefined, 'is required'),
    priority: prioritySchema.optional(),
    maxAttempts: z.int().min(1).max(MAX_ATTEMPTS).optional(),
    backoff: backoffSchema.optional(),
    delayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
    runAt: z.iso.datetime({ offset: true }).optional(),
    correlationId: text(200).optional(),
    metadata: metadataSchema.optional(),
    parentJobId: text(64).optional().describe('a batch that is not sealed: the job becomes its child'),
  })
  .refine((b) => b.delayMs === undefined || b.runAt === undefined, {
    message: 'give delayMs or runAt, not both',
    path: ['runAt'],
  });
export type CreateJobBody = z.infer<typeof createJobBody>;

export const cancelBody = z.strictObject({ force: z.boolean().optional() });
export const retryJobBody = z.strictObject({ data: z.unknown().optional() });

const limit = z.coerce.number().int().min(1).max(100).default(20);
const WRONG_CURSOR = 'is not a cursor of this list';
/** The `nextCursor` of the page before, in lists that are newest first: an id. */
export const idCursor = z.uuid(WRONG_CURSOR);
/** The same in lists that keep the order of a batch or a table: a place. */
export const placeCursor = z.string().regex(/^\d{1,9}$/, WRONG_CURSOR);

/** One status, or several separated by commas; other systems' words are understood. */
export const jobStatusFilter = z
  .string()
  .transform((s) => s.split(',').flatMap((word) => STATUS_ALIASES[word] ?? (word || [])))
  .pipe(z.array(z.enum(JOB_STATUSES)));

export const listJobsQuery = z.strictObject({
  type: z.string().max(100).optional(),
  status: jobStatusFilter.optional(),
  batchId: z.string().max(64).optional(),
  q: z.string().max(200).optional(),
  limit,
  offset: z.coerce.number().int().min(0).max(100_000).optional(),
  cursor: idCursor.optional(),
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

/** `DELETE /api/jobs/cleanup`: which single jobs that have ended are deleted. */
export const cleanUpQuery = z.strictObject({
  olderThanDays: z.coerce.number().min(0).max(3650).default(7).describe('days since they ended'),
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(['completed', 'failed', 'cancelled'])).min(1))
    .optional(),
  type: z.string().max(100).optional(),
});
