import { z } from 'zod';
import { notifySchema } from './channel';
import { costsSchema } from './costs';
import { jobError } from './errors';
import { count, nextCursor, time } from './fields';
import { fileDto } from './file';
import { metadataSchema } from './metadata';
import { JOB_STATUSES } from './status';
import { line, text } from './text';

/** Maximum number of warnings that are stored per job, and of characters in each message. */
export const MAX_WARNINGS = 20;
export const MAX_WARNING_MESSAGE = 500;
/** Maximum number of points in a stored and sent series. A longer series is downsampled. */
export const MAX_CHART_POINTS = 200;
/** Maximum size of a preview of an input or a result in bytes of UTF-8, with its truncation mark. */
export const PREVIEW_BYTES = 1024;
/** Maximum size of `metadata` in lists, in bytes of UTF-8. */
export const METADATA_SHOWN = 512;

const progressChart = z
  .object({
    axis: z.string().describe('what the first number of a point counts, such as `epoch`'),
    series: z.array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
  })
  .meta({ id: 'ProgressChart', description: `Curves over one axis, with at most ${MAX_CHART_POINTS} points each.` });
export type ProgressChart = z.infer<typeof progressChart>;

export const jobProgress = z
  .object({
    current: z.number(),
    total: z.number(),
    message: z.string().nullable(),
    chart: progressChart.exactOptional().describe('measures that a job took while it ran, such as the loss per epoch'),
  })
  .meta({ id: 'Progress' });
export type JobProgress = z.infer<typeof jobProgress>;

const jobWarning = z
  .object({ code: z.string().describe('stable, kebab-case'), message: z.string() })
  .meta({ id: 'Warning', description: 'A fact about a job that ended, such as text that could not be read.' });
export type JobWarning = z.infer<typeof jobWarning>;

export const backoffSchema = z.strictObject({
  type: z
    .enum(['fixed', 'exponential'])
    .describe('fixed: the wait is always the same; exponential: it doubles each time')
    .meta({ title: 'Backoff' }),
  delay: z
    .int()
    .min(0)
    .max(24 * 3600 * 1000)
    .describe('milliseconds before the second attempt')
    .meta({ title: 'First wait', 'x-unit': 'seconds', 'x-scale': 1000, 'x-hint': 'before the second attempt' }),
});
export type Backoff = z.infer<typeof backoffSchema>;

/** The fields that lists, snapshots, events and single resources share. */
const jobFacts = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(JOB_STATUSES),
  error: jobError.nullable(),
  costs: costsSchema.describe('what its recorded attempts cost, of all runs'),
  warnings: z.array(jobWarning).describe('of the run that ended the job; lists carry the first few'),
  progress: jobProgress.nullable(),
  priority: z.int(),
  attemptsMade: count,
  maxAttempts: z.int(),
  backoff: backoffSchema.nullable(),
  batchId: z.string().nullable(),
  parentJobId: z.string().nullable().describe('its batch, or the parent node in its flow'),
  flowId: z.string().nullable().describe('the flow that it is a node of'),
  index: count.nullable().describe('place in the batch, from 0'),
  correlationId: z.string().nullable(),
  metadata: z.unknown(),
  createdBy: z.string().nullable(),
  runAt: time.nullable().describe('when a delayed job becomes due'),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  durationMs: z.number().nullable(),
  cancelRequested: z.boolean().describe('true: it was asked to stop and still runs'),
  discardedAt: time.nullable().describe('when somebody discarded it after it had failed: nobody has to deal with it'),
  discardNote: z.string().nullable().describe('why it was discarded'),
});

/** OpenAPI lists the inputs and results of all job types under these names. */
export const jobInput = z.unknown().meta({ id: 'JobInput' });
export const jobResult = z.unknown().meta({ id: 'JobResult' });

const ABSENT = ', which are absent where the caller may not see the contents of jobs';

export const jobDto = jobFacts
  .extend({ data: jobInput.exactOptional(), result: jobResult.exactOptional() })
  .meta({ id: 'Job', description: `A job with its whole input and result${ABSENT}.` });
export type JobDto = z.infer<typeof jobDto>;

const previews = { bytes: PREVIEW_BYTES.toLocaleString('en'), shown: METADATA_SHOWN };
export const jobSummaryDto = jobFacts
  .extend({
    dataPreview: z
      .string()
      .exactOptional()
      .describe(`the JSON text of the input, at most ${previews.bytes} bytes; cut ones end with …${ABSENT}`),
    resultPreview: z.string().exactOptional().describe('the same of the result; `null` while there is none'),
    metadataPreview: z.string().exactOptional().describe('only for long metadata: how it begins'),
  })
  .meta({
    id: 'JobSummary',
    description:
      'A job in a list, a snapshot or an event. Its size is bounded: long texts are cut, errors have no stack, and ' +
      `\`metadata\` beyond ${previews.shown} bytes is null.`,
  });
export type JobSummaryDto = z.infer<typeof jobSummaryDto>;

const attemptDto = z
  .object({
    attempt: z.int().min(1).describe('counts over all runs; a number is missing where a worker was lost'),
    run: z.int().min(1).describe('a retry by hand opens the next run; 1 is the first'),
    outcome: z.enum(['failed', 'deferred', 'cancelled', 'crashed', 'completed', 'active']),
    startedAt: time,
    finishedAt: time.nullable(),
    error: jobError.nullable(),
    codeVersion: z
      .string()
      .nullable()
      .describe('of the code that ran it: of an own type its version, else that of the product; null if not known'),
  })
  .meta({
    id: 'Attempt',
    description:
      'One time that a worker had the job. Failed and completed ones count in `attemptsMade`; deferred, cancelled and ' +
      'crashed ones do not.',
  });
export type AttemptDto = z.infer<typeof attemptDto>;

export const jobDetailDto = jobDto
  .extend({
    attempts: z.array(attemptDto).describe('of all runs, the oldest first'),
    run: z.int().min(1).describe('the present run: `attemptsMade` and `maxAttempts` are about this one'),
    batchName: z.string().nullable(),
    discardedBy: z.string().nullable().describe('who discarded it; null if nobody did, or that is not known any more'),
    stepsRemembered: count.describe('steps whose results another attempt gets, instead of repeating them'),
    offeredVersions: z
      .array(z.string())
      .describe(
        'versions of its code that running workers have, so what the next attempt runs; empty without a worker',
      ),
    externalId: z.string().nullable().describe('the id that another BullMQ client gave it, or got for it'),
  })
  .meta({ id: 'JobDetail', description: 'A job with its whole input and result, and its attempts.' });
export type JobDetailDto = z.infer<typeof jobDetailDto>;

const jobLogLine = z
  .object({
    at: time,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    attempt: z.int(),
  })
  .meta({ id: 'LogLine' });
export type JobLogLine = z.infer<typeof jobLogLine>;

const batchLogLine = jobLogLine
  .extend({ id: z.string().describe('unique'), jobId: z.string(), index: count.describe('place in the batch, from 0') })
  .meta({ id: 'BatchLogLine' });
export type BatchLogLine = z.infer<typeof batchLogLine>;

const jobCounts = z
  .object({ total: count, pending: count, active: count, completed: count, failed: count, cancelled: count })
  .meta({ id: 'JobCounts' });
export type JobCounts = z.infer<typeof jobCounts>;

export const jobStatsDto = jobCounts
  .extend({
    successRate: z.number().nullable().describe('completed / (completed + failed), 0–100; null before anything ended'),
    averageDurationMs: z.number().nullable(),
    byType: z.record(z.string(), jobCounts).describe('the same counts for each job type'),
  })
  .meta({ id: 'JobStats' });
export type JobStatsDto = z.infer<typeof jobStatsDto>;

/** The number of rows that a search read. */
export const searchedDto = z
  .object({
    all: z.boolean().describe('false: older rows were not searched yet; `nextCursor` continues the search'),
    rows: count.describe('rows that were read'),
  })
  .meta({ id: 'Searched' });
export type SearchedDto = z.infer<typeof searchedDto>;

export const jobAnswer = z.object({ job: jobDto });
export type JobAnswer = z.infer<typeof jobAnswer>;
export const jobDetailAnswer = z.object({ job: jobDetailDto });
export type JobDetailAnswer = z.infer<typeof jobDetailAnswer>;
export const createdJob = z.object({ jobId: z.string(), job: jobDto });
export const jobList = z.object({
  jobs: z.array(jobSummaryDto),
  nextCursor,
  searched: searchedDto.exactOptional().describe('only with `query`: how many rows were searched'),
});
export type JobList = z.infer<typeof jobList>;
export const batchJobList = jobList.extend({
  searched: searchedDto.exactOptional().describe('only with `q`: how many rows were searched'),
});
export type BatchJobList = z.infer<typeof batchJobList>;

/** What the pages of all logs have beside their lines. */
const logPage = {
  nextCursor,
  tail: z.string().describe('send it as `cursor` later to get what was written since'),
  ended: z.boolean().describe('no more lines come, unless it is retried'),
};
export const jobLogs = z.object({ lines: z.array(jobLogLine), ...logPage });
export type JobLogs = z.infer<typeof jobLogs>;
export const batchLogs = z.object({ lines: z.array(batchLogLine), ...logPage });
export type BatchLogs = z.infer<typeof batchLogs>;
export const artifactList = z.object({ artifacts: z.array(fileDto) });
export type ArtifactList = z.infer<typeof artifactList>;
export const cleanedUp = z.object({ deleted: count, more: z.boolean().describe('true: call again for the rest') });

/** Maximum size of the data of one job as JSON, in bytes. */
export const MAX_DATA_BYTES = 10 * 1024 ** 2;

export const MAX_ATTEMPTS = 100;
/** 30 days; a longer delay needs a schedule */
export const MAX_DELAY_MS = 30 * 24 * 3600 * 1000;

export const prioritySchema = z.int().min(0).max(1000).describe('0–1000, higher first');

/** A list whose items are validated later, one by one, because it can be very long. */
export const longList = z
  .custom<unknown[]>((value) => Array.isArray(value), {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be a list'),
  })
  .meta({ type: 'array', items: {} });

export const jobFields = z.strictObject({
  type: z.string().min(1).max(100),
  name: line(200).optional(),
  description: text(2000).optional(),
  data: jobInput.refine((v) => v !== undefined, 'is required'),
  priority: prioritySchema.optional(),
  maxAttempts: z.int().min(1).max(MAX_ATTEMPTS).optional(),
  backoff: backoffSchema.optional(),
  delayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
  runAt: z.iso.datetime({ offset: true }).optional(),
  correlationId: text(200).optional(),
  metadata: metadataSchema.optional(),
  parentJobId: text(64).optional().describe('a batch that is not sealed: the job becomes its child'),
  notify: notifySchema.optional(),
});

export const createJobBody = jobFields
  .refine((b) => b.delayMs === undefined || b.runAt === undefined, {
    message: 'give delayMs or runAt, not both',
    path: ['runAt'],
  })
  .refine((b) => b.parentJobId === undefined || b.notify === undefined, {
    message: 'is told of the batch, not of its children: name it where the batch is launched',
    path: ['notify'],
  });
export type CreateJobBody = z.infer<typeof createJobBody>;

export const cancelBody = z.strictObject({ force: z.boolean().optional() });
export const retryJobBody = z.strictObject({ data: jobInput.optional() });
