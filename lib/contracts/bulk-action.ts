import { z } from 'zod';
import { MAX_GROUP_IDS, MAX_JOB_IDS } from './bounds';
import { editedRow, expressions } from './correction';
import { costsSchema } from './costs';
import { count, nextCursor, queryText, time } from './fields';
import { jobSummaryDto, searchedDto } from './job';
import { JOB_STATUSES } from './status';
import { tagChange } from './tag-change';
import { text } from './text';

/** What a bulk action does with each job. */
export const BULK_ACTIONS = ['retry', 'cancel', 'edit', 'tag', 'discard', 'delete'] as const;
const bulkActionVerb = z.enum(BULK_ACTIONS);
export type BulkActionVerb = z.infer<typeof bulkActionVerb>;

export const BULK_ACTION_STATUSES = ['running', 'completed', 'aborted'] as const;
export type BulkActionStatus = (typeof BULK_ACTION_STATUSES)[number];

/** What became of a chosen job; `waiting` until the bulk action gets to it. */
export const BULK_JOB_STATES = ['waiting', 'done', 'failed', 'skipped'] as const;
const bulkJobState = z.enum(BULK_JOB_STATES);
export type BulkJobState = z.infer<typeof bulkJobState>;

/** What a bulk action is about, and what its numbers count: jobs, or whole batches or flows. */
export const BULK_ACTION_OF = ['jobs', 'batches', 'flows'] as const;
const bulkActionOf = z.enum(BULK_ACTION_OF);
export type BulkActionOf = z.infer<typeof bulkActionOf>;

/** Maximum number of jobs of one bulk action, and of ids in a request. */
export const MAX_MATCHED = 1_000_000;
/** An estimate can be started for so long, in minutes. */
export const ESTIMATE_MINUTES = 30;
/** Jobs, and rows of an edit, that an estimate shows. */
export const MAX_SAMPLES = 10;
/** Batches that an estimate lists by name, the largest parts first. */
export const MAX_LISTED_BATCHES = 100;
const MAX_RATE = 1_000_000;
/** How long an estimate searches before it answers with what it has found so far, in seconds. */
export const SEARCH_SECONDS = { usual: 120, most: 240 };

const groupIds = z.array(z.string().max(64)).min(1).max(MAX_GROUP_IDS).optional();

/** An estimate has `action` and `dry`, a start only the token of an estimate; with `dry` its search goes on. */
export const bulkActionRequest = z
  .strictObject({
    action: bulkActionVerb.optional(),
    query: queryText.optional().describe('which jobs, as in the parameter `query` of their list (docs/queries.md)'),
    jobIds: z
      .array(z.string().max(64))
      .min(1)
      .max(MAX_JOB_IDS)
      .optional()
      .describe('which jobs, instead of `query`; a query has no limit of its own'),
    batchIds: groupIds.describe(
      'instead of `query`: the jobs of these batches that the action applies to; `delete`: the batches with all of their jobs; `tag`: the batches',
    ),
    flowIds: groupIds.describe('the same for flows, which have no tags'),
    tags: tagChange
      .optional()
      .describe('only for `tag`, and required there: which tags its jobs, or the batches, get and lose'),
    set: expressions.optional().describe('only for `edit`, and required there: as in an edit of the items of a batch'),
    ratePerMinute: z.int().min(1).max(MAX_RATE).optional().describe('jobs that it changes in a minute at most, evenly'),
    note: text(1000).optional().describe('a word why; a discarded job keeps it'),
    dry: z.boolean().optional().describe('true: an estimate, which freezes the selection and changes no job'),
    token: z
      .string()
      .max(64)
      .optional()
      .describe('of an estimate: starts exactly that; with `dry` it goes on where `searched.all` is false'),
    waitSeconds: z
      .int()
      .min(1)
      .max(SEARCH_SECONDS.most)
      .optional()
      .describe(`how long an estimate searches before it answers, ${SEARCH_SECONDS.usual} by default`),
  })
  .superRefine((body, { addIssue }) => {
    const refuse = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
    const { token, dry, waitSeconds, ...rest } = body;
    if (token !== undefined) {
      for (const name of Object.keys(rest)) refuse(name, 'is part of the estimate; a start has only the token');
      if (!dry && waitSeconds !== undefined)
        refuse('waitSeconds', 'belongs to an estimate; a start has only the token');
      return;
    }
    if (!body.action) refuse('action', 'is missing; or send the token of an estimate');
    if (!body.dry) refuse('dry', 'must be true: ask for an estimate first, then send its token to start it');
    const given = [body.query, body.jobIds, body.batchIds, body.flowIds].filter((each) => each !== undefined);
    if (given.length !== 1) refuse('query', 'give one of query, jobIds, batchIds and flowIds');
    if (body.action === 'edit' && !body.set) refuse('set', 'is missing: the fields that change');
    if (body.action && body.action !== 'edit' && body.set) refuse('set', 'belongs to the action edit');
    if (body.action === 'tag' && !body.tags) refuse('tags', 'is missing: the tags to add or remove');
    if (body.action && body.action !== 'tag' && body.tags) refuse('tags', 'belongs to the action tag');
    if (body.action === 'tag' && body.flowIds) refuse('flowIds', 'can have no tags; their jobs have: query them');
  });
export type BulkActionRequest = z.output<typeof bulkActionRequest>;
/** A request for an estimate. */
export type EstimateRequest = Omit<BulkActionRequest, 'token' | 'dry' | 'action'> & { action: BulkActionVerb };

const reasonCount = z
  .object({
    code: z.string().describe('stable, kebab-case'),
    reason: z.string().describe('the same for people'),
    count,
    sampleJobId: z.string().describe('one of them'),
  })
  .meta({ id: 'BulkActionReason', description: 'Why a bulk action did not change some of its jobs, and how many.' });
export type ReasonCount = z.infer<typeof reasonCount>;

const chosenStatus = z.enum([...JOB_STATUSES, 'in-progress', 'partial']);

const selection = {
  of: bulkActionOf.describe('what the numbers count: jobs, or whole batches or flows, which are deleted or tagged'),
  matched: count.describe('jobs that were chosen'),
  byStatus: z.partialRecord(chosenStatus, count).describe('how many of them had which status when they were chosen'),
  byBatch: z
    .record(z.string(), count)
    .describe(`how many are children of which batch, by its id; the ${MAX_LISTED_BATCHES} largest parts`),
  batches: z
    .array(z.object({ id: z.string(), name: z.string(), type: z.string(), count }))
    .describe('the same with names, the largest part first'),
  moreBatches: count.describe('batches beyond those'),
  inFlows: count.describe('how many are nodes of flows'),
  single: count.describe('how many are single jobs'),
  searched: searchedDto
    .nullable()
    .describe('how far the query searched; `all: false`: older jobs were not searched yet, and are not chosen'),
};

export const bulkActionEstimate = z
  .object({
    token: z.string(),
    action: bulkActionVerb,
    ...selection,
    changes: count.describe('how many of them it would change now'),
    willSkip: z.array(reasonCount).describe('the others: they are skipped'),
    missing: count.describe('ids of the request that are no job of the organization'),
    runsAgain: z
      .array(
        z.object({
          type: z.string(),
          title: z.string(),
          count,
          lastMs: z.number().nullable().describe('what their last runs took together, in milliseconds'),
          costs: costsSchema.describe('what all their runs have cost until now, as far as the job type reports it'),
          note: z.string().nullable().describe('what happens outside when they run again'),
        }),
      )
      .describe('jobs that run again, by type'),
    seconds: z
      .number()
      .describe('about how long it takes to change them; to run those that run again takes its own time'),
    samples: z.array(jobSummaryDto).describe('a few of the jobs'),
    preview: z.array(editedRow).describe('of an edit: a few rows before and after'),
    expiresAt: time.describe('until then the token starts it'),
  })
  .meta({ id: 'BulkActionEstimate', description: 'What a bulk action would do. The selection is frozen with it.' });
export type BulkActionEstimate = z.infer<typeof bulkActionEstimate>;

export const bulkActionDto = z
  .object({
    id: z.string(),
    action: bulkActionVerb,
    query: z.string().nullable().describe('null: the jobs were given by their ids'),
    set: z.record(z.string(), z.string()).nullable(),
    tags: tagChange.nullable().describe('null to who does not see tags, and where it is not about tags'),
    ratePerMinute: z.int().nullable(),
    note: z.string().nullable(),
    status: z.enum(BULK_ACTION_STATUSES),
    ...selection,
    done: count.describe('jobs that it changed'),
    failed: count.describe('jobs that it could not change'),
    skipped: count,
    waiting: count.describe('jobs that it has not got to; after an abort they stay as they are'),
    skippedWhy: z.array(reasonCount),
    failedWhy: z.array(reasonCount),
    etaSeconds: z.number().nullable().describe('about how long the rest takes; null when it has ended'),
    by: z.string(),
    byId: z.string(),
    own: z.boolean().describe('whether the caller started it'),
    createdAt: time,
    finishedAt: time.nullable(),
    abortedBy: z.string().nullable(),
  })
  .meta({ id: 'BulkAction', description: 'An action on many jobs, and what became of each of them.' });
export type BulkActionDto = z.infer<typeof bulkActionDto>;

export const bulkActionAnswer = z.object({ bulkAction: bulkActionDto });
export type BulkActionAnswer = z.infer<typeof bulkActionAnswer>;
export const bulkActionList = z.object({ bulkActions: z.array(bulkActionDto).describe('newest first'), nextCursor });
export type BulkActionList = z.infer<typeof bulkActionList>;

export const listBulkActionsQuery = z.strictObject({
  status: z.enum(BULK_ACTION_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.uuid('is not a cursor of this list').optional(),
});
export type ListBulkActionsQuery = z.infer<typeof listBulkActionsQuery>;

const bulkActionJob = z
  .object({
    jobId: z.string().describe('of a deleted batch or flow: its own id'),
    batchId: z.string().nullable(),
    was: chosenStatus.describe('its status when it was chosen'),
    state: bulkJobState,
    code: z.string().nullable(),
    reason: z.string().nullable().describe('why it was skipped or failed'),
    detail: z.string().nullable().describe('what is wrong with its input, for who sees it'),
  })
  .meta({ id: 'BulkActionJob' });
export type BulkActionJob = z.infer<typeof bulkActionJob>;

export const bulkActionJobList = z.object({ jobs: z.array(bulkActionJob), nextCursor });
export type BulkActionJobList = z.infer<typeof bulkActionJobList>;

export const listBulkActionJobsQuery = z.strictObject({
  state: bulkJobState.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/, 'is not a cursor of this list')
    .optional(),
});
export type ListBulkActionJobsQuery = z.infer<typeof listBulkActionJobsQuery>;
