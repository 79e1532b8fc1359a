import { z } from 'zod';
import { OPTION_DEFAULTS } from './bounds';
import { backoffSchema, MAX_ATTEMPTS, prioritySchema } from './job';

/** About one item per week. A timer cannot wait long enough for a slower rate. */
const MIN_RATE = 0.0001;

/** The largest Postgres integer: SQL casts the option to `int`. */
const MAX_STOP_AFTER = 2 ** 31 - 1;

/** Maximum of the minutes of a budget: a year. */
const MAX_MINUTES = 366 * 24 * 60;

/** Maximum of a budget of costs in either unit. */
const MAX_BUDGET_COST = 1e15;

export const budgetSchema = z.strictObject({
  failed: z
    .int()
    .min(1)
    .max(MAX_STOP_AFTER)
    .optional()
    .describe('the batch is paused, and asks, when so many items have failed')
    .meta({ title: 'Budget of failures' }),
  minutes: z
    .number()
    .min(0.01)
    .max(MAX_MINUTES)
    .optional()
    .describe('the batch is paused, and asks, when it has run for so long; pauses do not count')
    .meta({ title: 'Budget of time', 'x-unit': 'minutes' }),
  cost: z
    .strictObject({
      tokens: z
        .int()
        .min(1)
        .max(MAX_BUDGET_COST)
        .optional()
        .describe('the batch is paused, and asks, when its attempts have reported so many tokens')
        .meta({ title: 'Budget of tokens' }),
      usd: z
        .number()
        .min(0.000_001)
        .max(MAX_BUDGET_COST)
        .optional()
        .describe('the batch is paused, and asks, when its attempts have reported such costs')
        .meta({ title: 'Budget of money', 'x-unit': 'USD' }),
    })
    .optional()
    .describe('limits of what all recorded attempts of the batch cost, as its job type reports it'),
});
export type Budget = z.infer<typeof budgetSchema>;

/** A queue of other BullMQ clients. A colon separates the parts of a key in Redis, so a name has none. */
export const deadLetterQueueSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
    'must begin with a letter or a digit, and have at most 100 letters, digits, - and _',
  );

/** Why a batch is paused: somebody did it, or its budget of this kind was spent. */
export const PAUSE_REASONS = ['by-hand', 'budget-failed', 'budget-minutes', 'budget-tokens', 'budget-usd'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/**
 * The single definition of the batch options. The launch form is generated from it: `title` is the label; `x-unit` is
 * the unit that a user enters, and `x-scale` converts it (20 % × 0.01 = 0.2); `x-zero` is the meaning of 0; `x-hint`
 * replaces the description.
 */
export const batchOptions = z
  .strictObject({
    concurrency: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe('items at once; 0 = as many as the workers take')
      .meta({ title: 'Concurrency', 'x-zero': 'as many as the workers take' }),
    ratePerMinute: z
      .number()
      .min(0)
      .max(10_000_000)
      .refine((v) => v === 0 || v >= MIN_RATE, `must be 0 or at least ${MIN_RATE}`)
      .optional()
      .describe('items started per minute; 0 = no limit')
      .meta({ title: 'Rate', 'x-zero': 'no limit' }),
    priority: prioritySchema.optional().meta({ title: 'Priority', default: OPTION_DEFAULTS.priority }),
    maxAttempts: z
      .int()
      .min(1)
      .max(MAX_ATTEMPTS)
      .optional()
      .describe('attempts of an item before it counts as failed')
      .meta({ title: 'Attempts' }),
    backoff: backoffSchema.optional(),
    delaySeconds: z
      .number()
      .min(0)
      .max(30 * 24 * 3600)
      .optional()
      .describe('before the first item may start')
      .meta({ title: 'Delay', 'x-unit': 'seconds', 'x-zero': 'none', default: OPTION_DEFAULTS.delaySeconds }),
    stopOnFailureRate: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('cancels the items that have not started when this share of the finished ones has failed')
      .meta({ title: 'Stop at failure rate', 'x-unit': '%', 'x-scale': 0.01 }),
    stopAfter: z
      .int()
      .min(1)
      .max(MAX_STOP_AFTER)
      .optional()
      .describe('finished items before the failure limit applies')
      .meta({ title: 'Minimum sample', default: OPTION_DEFAULTS.stopAfter }),
    budget: budgetSchema.optional().describe('limits after which the batch is paused'),
    deadLetterQueue: deadLetterQueueSchema
      .optional()
      .describe('a BullMQ queue that failed jobs are added to, for other clients')
      .meta({ title: 'Dead-letter queue' }),
  })
  .meta({ id: 'BatchOptions' });
export type BatchOptions = z.infer<typeof batchOptions>;
