import { z } from 'zod';
import { batchDto } from './batch';
import { COMPARED_STATES, ITEM_CHANGES, type ItemChange } from './choices';
import { count, nextCursor, time } from './fields';

/** Largest batch that is compared: every item of both is read. */
export const MAX_COMPARED = 1_000_000;

const state = z.enum(COMPARED_STATES);
export type ComparedState = z.infer<typeof state>;

const run = z.coerce.number().int().min(1).max(100_000).optional();

export const compareQuery = z.strictObject({
  with: z
    .string()
    .max(64)
    .optional()
    .describe('the id of the other batch; default: the batch itself, of which two runs are compared'),
  run: run.describe(
    'the items as their run of this number ended: 1 is before the first retry by hand; default: as they are',
  ),
  withRun: run.describe('the same for the other batch; for the same batch the default is the run before the last'),
  match: z
    .enum(['name', 'position'])
    .optional()
    .describe('how items are matched; default: by name if every item has one of its own in both, else by position'),
});
export type CompareQuery = z.infer<typeof compareQuery>;

export const comparedItemsQuery = compareQuery.extend({
  change: z
    .string()
    .transform((words) => words.split(',').filter(Boolean))
    .pipe(z.array(z.enum(ITEM_CHANGES)).min(1))
    .optional()
    .describe('only these, separated by commas'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[01]-\d{1,10}$/, 'is not a cursor of this list')
    .optional(),
});
export type ComparedItemsQuery = z.infer<typeof comparedItemsQuery>;

const durations = z.object({
  items: count.describe('items that ran, completed or failed'),
  p50: z.number().nullable().describe('milliseconds of the last attempt of an item'),
  p95: z.number().nullable(),
  totalMs: z.number(),
});

const comparedSide = z.object({
  batch: batchDto,
  run: count.nullable().describe('the run of the items; null: as they are'),
  runs: count.describe('how many runs an item of it has had at most'),
  states: z.object({ completed: count, failed: count, cancelled: count, open: count }),
  durations,
  elapsedMs: z
    .number()
    .nullable()
    .describe('from the start of the batch to its end, or to now; null for an earlier run'),
  options: z.record(z.string(), z.unknown()).describe('its own, and the defaults that applied'),
  codeVersions: z
    .array(z.object({ version: z.string().nullable().describe('null: not known'), items: count }))
    .describe('with which version of the code the last attempts ran, the most frequent first'),
  optionChanges: z
    .array(z.object({ at: time, by: z.string(), before: z.unknown(), after: z.unknown() }))
    .describe('what was changed after the launch, the oldest first'),
});
export type ComparedSide = z.infer<typeof comparedSide>;

export const comparisonDto = z
  .object({
    here: comparedSide,
    there: comparedSide,
    matchedBy: z.enum(['name', 'position']),
    changes: z.object(
      Object.fromEntries(ITEM_CHANGES.map((change) => [change, count])) as Record<ItemChange, typeof count>,
    ),
    transitions: z.array(
      z.object({ there: state.nullable(), here: state.nullable(), count }).describe('null: no such item'),
    ),
    options: z
      .array(z.object({ name: z.string(), here: z.unknown(), there: z.unknown() }))
      .describe('what differs: type, options and searchable fields'),
    histogram: z
      .array(z.object({ fromMs: z.number(), toMs: z.number(), here: count, there: count }))
      .describe('durations of both in the same steps, each 1.41 times as long as the one before'),
  })
  .meta({ id: 'Comparison', description: 'Two batches, or two runs of one, side by side.' });
export type ComparisonDto = z.infer<typeof comparisonDto>;

const comparedState = z.object({
  jobId: z.string(),
  index: count.nullable(),
  name: z.string(),
  state,
  durationMs: z.number().nullable(),
  error: z.object({ message: z.string(), code: z.string().exactOptional() }).nullable(),
});
export type ComparedItemState = z.infer<typeof comparedState>;

export const comparedItems = z.object({
  items: z.array(
    z.object({
      change: z.enum(ITEM_CHANGES),
      here: comparedState.nullable(),
      there: comparedState.nullable(),
    }),
  ),
  nextCursor,
});
export type ComparedItems = z.infer<typeof comparedItems>;
export type ComparedItem = ComparedItems['items'][number];
