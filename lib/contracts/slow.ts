import { z } from 'zod';
import { count, time } from './fields';
import { JOB_STATUSES } from './status';

/** What open items of a batch spend their time with. */
export const TIME_CAUSES = [
  'work',
  'concurrency',
  'workers',
  'rate',
  'others',
  'retries',
  'paused',
  'start',
  'items',
  'queue',
] as const;
const cause = z
  .enum(TIME_CAUSES)
  .describe(
    [
      'work: a processor ran the item',
      'concurrency: the batch ran as many at once as its option allows',
      'workers: all places of the workers were taken, or there was no worker',
      'rate: the next start was not due under ratePerMinute',
      'others: it waited for a slot, or other batches had the places of the workers',
      'retries: between two attempts (backoff, Retry-After, a crash)',
      'paused: the batch was paused',
      'start: it was not started yet, or delaySeconds',
      'items: it was open for more items and had none',
      'queue: delivery, and what the rows do not tell',
    ].join('; '),
  );
export type TimeCause = z.infer<typeof cause>;

const share = z.object({ cause, ms: z.number(), share: z.number().min(0).max(1) });
export type TimeShare = z.infer<typeof share>;

/** What to change, and how long the batch would take then. */
const suggestion = z.object({
  option: z.enum(['concurrency', 'ratePerMinute']),
  value: z.number(),
  ms: z.number().describe('estimated: until the end of a running batch, or the whole time of a finished one'),
});

const limiter = z.object({
  cause,
  share: z.number(),
  limit: z.number().nullable().describe('the concurrency, the rate, or the places of the workers'),
  suggestion: suggestion.nullable(),
});
export type Limiter = z.infer<typeof limiter>;

const slowItem = z.object({
  jobId: z.string(),
  index: count.nullable(),
  name: z.string(),
  type: z.string(),
  status: z.enum(JOB_STATUSES),
  durationMs: z.number().describe('of its last attempt; of an active one until now'),
  attempts: count.describe('how often it was started'),
});
export type SlowItem = z.infer<typeof slowItem>;

/** Batches with more items are read in part: every k-th item. */
export const SLOW_SAMPLE = 50_000;
export const SLOWEST = 20;

export const slowDto = z
  .object({
    from: time.nullable().describe('the launch; null if nothing happened yet'),
    until: time.describe('the end, or now'),
    elapsedMs: z.number().describe('without the time between an end and a retry by hand; the sum of `shares`'),
    isRunning: z.boolean(),
    shares: z
      .array(share)
      .describe('each moment is divided among what the open items did at that moment; the largest part first'),
    limiter: limiter.nullable().describe('what holds the batch up the most'),
    work: z.object({
      meanMs: z.number().nullable().describe('mean time of an attempt'),
      totalMs: z.number(),
      attempts: count,
      failedAttempts: count.describe('attempts that did not complete'),
      failedMs: z.number(),
    }),
    remainingMs: z.number().nullable().describe('estimated time until the end, at the present pace'),
    others: count.describe('other batches that ran at the same time, of any organization'),
    estimated: z.array(z.enum(['sample', 'others', 'workers'])).describe('what was not measured exactly'),
    types: z.array(z.object({ type: z.string(), items: count, meanMs: z.number(), totalMs: z.number() })),
    slowest: z.array(slowItem).describe(`at most ${SLOWEST}`),
  })
  .meta({ id: 'Slowness', description: 'Where the time of a batch goes, and what limits it.' });
export type SlowDto = z.infer<typeof slowDto>;
