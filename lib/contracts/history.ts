import { z } from 'zod';
import { count, time } from './fields';
import { HISTORY_STEPS } from './history-steps';
import { text } from './text';

/** The most points of one request. */
export const MAX_HISTORY_POINTS = 2000;

const quantiles = z
  .object({ p50: z.number().nullable(), p95: z.number().nullable() })
  .describe('milliseconds, less than 5% off; null where there is nothing to measure');

const sums = {
  started: count.describe('attempts that started'),
  completed: count,
  failed: count.describe('runs that failed for good: a job that was retried by hand and failed again is 2'),
  cancelled: count,
  retried: count.describe(
    'failed or crashed attempts after which the job runs again, and jobs that were retried by hand',
  ),
  durationMs: quantiles.describe('last attempts of runs that completed or failed'),
  waitedMs: quantiles.describe('from when an attempt could have started to its start'),
  queued: count.describe('the highest number of waiting jobs that was measured'),
  workers: count.describe('the highest number of worker processes that was measured, of all machines'),
};

export const historyPoint = z
  .object({ at: time.describe('the beginning of the point'), ...sums })
  .meta({ id: 'HistoryPoint', description: 'What ended in a minute, hour or day (UTC).' });
export type HistoryPoint = z.infer<typeof historyPoint>;

export const historyDto = z
  .object({
    step: z.enum(HISTORY_STEPS),
    from: time.describe('the beginning of the first point'),
    to: time.describe('the end of the last point'),
    points: z.array(historyPoint).describe('oldest first, without gaps'),
    total: z.object(sums).describe('all points together'),
  })
  .meta({ id: 'History' });
export type HistoryDto = z.infer<typeof historyDto>;

const moment = z.iso.datetime({ offset: true });

export const historyQuery = z.strictObject({
  from: moment.optional().describe('default: an hour, a day or 30 days before `to`, by the step'),
  to: moment.optional().describe('default: now'),
  step: z.enum(HISTORY_STEPS).default('minute'),
  type: text(200).optional().describe('a job type; default: all'),
});
export type HistoryQuery = z.infer<typeof historyQuery>;
