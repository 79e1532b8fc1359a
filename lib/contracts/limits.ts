import { z } from 'zod';
import { count } from './fields';
import { text } from './text';

const BYTES = 1024 ** 5;

/** What a system administrator can limit for an organization. `null` = no limit. */
const limitFields = {
  runningBatches: z.int().min(0).max(100_000).nullable().describe('batches that hold a slot at once'),
  rows: z.int().min(0).max(1_000_000_000_000).nullable().describe('jobs that are stored, open and finished ones'),
  requestsPerMinute: z.int().min(1).max(1_000_000).nullable().describe('requests to the API, over all web processes'),
  streams: z.int().min(0).max(4_000).nullable().describe('open event streams'),
  uploadBytes: z.int().min(0).max(BYTES).nullable().describe('bytes of one uploaded file'),
  storageBytes: z.int().min(0).max(BYTES).nullable().describe('bytes of all stored files'),
  jobTypes: z.array(text(100).min(1)).max(500).nullable().describe('the only job types that can be launched'),
  weight: z.number().min(0.01).max(1000).nullable().describe('its part of the slots in proportion to others; null = 1'),
  reserve: z.int().min(0).max(100_000).nullable().describe('slots that are kept for it; null = 0'),
};

const limitsDto = z
  .object(limitFields)
  .meta({ id: 'Limits', description: 'What an organization may use; null = no limit.' });
export type Limits = z.infer<typeof limitsDto>;
export type LimitName = keyof Limits;

export const NO_LIMITS: Limits = {
  runningBatches: null,
  rows: null,
  requestsPerMinute: null,
  streams: null,
  uploadBytes: null,
  storageBytes: null,
  jobTypes: null,
  weight: null,
  reserve: null,
};

/** Limits that are absent stay as they are; `null` removes one. */
export const setLimitsBody = z.strictObject({
  limits: z.strictObject(limitFields).partial(),
  organizationId: z.string().min(1).max(100).optional().describe('another organization than the active one'),
});
export type SetLimitsBody = z.infer<typeof setLimitsBody>;

export const limitsQuery = z.strictObject({ organizationId: setLimitsBody.shape.organizationId });

const used = z
  .object({
    runningBatches: count,
    rows: count,
    requestsPerMinute: count.nullable().describe('in the current minute; null without a limit: they are not counted'),
    streams: count.nullable().describe('null without a limit: they are not counted'),
    storageBytes: count,
  })
  .meta({ id: 'UsedLimits' });
export type UsedLimits = z.infer<typeof used>;

export const limitsAnswer = z.object({ limits: limitsDto, used });
export type LimitsAnswer = z.infer<typeof limitsAnswer>;
