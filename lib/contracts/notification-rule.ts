import { z } from 'zod';
import { nextCursor, time } from './fields';
import { NOTIFICATION_EVENT_TYPES } from './notification-events';
import { name, text } from './text';

/** Rules of one organization. */
export const MAX_RULES = 100;

/** What a rule compares with, unless it says otherwise. */
export const THRESHOLDS = {
  failureRate: 0.1,
  minFinished: 20,
  stuckMinutes: 10,
  waitingMinutes: 10,
  deadLetters: 100,
} as const;

const thresholds = {
  failureRate: z.number().min(0.001).max(1).optional().describe('batch.failure-rate: share of the finished items'),
  minFinished: z.int().min(1).max(1_000_000).optional().describe('batch.failure-rate: finished items before it counts'),
  stuckMinutes: z.int().min(1).max(10_080).optional().describe('batch.stuck: minutes without progress'),
  waitingMinutes: z.int().min(1).max(10_080).optional().describe('capacity.waiting: minutes in the queue'),
  deadLetters: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('dead-letters.growing: how many more since the last message'),
};

const fields = {
  name: name(80),
  on: z
    .array(z.enum(NOTIFICATION_EVENT_TYPES))
    .min(1)
    .max(NOTIFICATION_EVENT_TYPES.length)
    .transform((types) => [...new Set(types)]),
  query: text(10_000)
    .nullable()
    .describe('of events about a batch: a query that the batch must match, or the id of a shared view of batches'),
  channelIds: z
    .array(text(100))
    .min(1)
    .max(20)
    .transform((ids) => [...new Set(ids)]),
  enabled: z.boolean(),
};

export const createRuleBody = z.strictObject({
  ...fields,
  query: fields.query.optional(),
  enabled: fields.enabled.default(true),
  ...thresholds,
});
export type CreateRuleBody = z.infer<typeof createRuleBody>;

export const updateRuleBody = z.strictObject({
  name: fields.name.optional(),
  on: fields.on.optional(),
  query: fields.query.optional(),
  channelIds: fields.channelIds.optional(),
  enabled: fields.enabled.optional(),
  ...thresholds,
});
export type UpdateRuleBody = z.infer<typeof updateRuleBody>;

export const ruleThresholds = z.object(thresholds);
export type RuleThresholds = z.infer<typeof ruleThresholds>;

const ruleDto = z
  .object({
    id: z.string(),
    name: z.string(),
    on: z.array(z.string()),
    query: z.string().nullable(),
    channelIds: z.array(z.string()),
    enabled: z.boolean(),
    failureRate: z.number(),
    minFinished: z.int(),
    stuckMinutes: z.int(),
    waitingMinutes: z.int(),
    deadLetters: z.int(),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'NotificationRule', description: 'Which events are sent to which channels.' });
export type RuleDto = z.infer<typeof ruleDto>;

export const ruleAnswer = z.object({ rule: ruleDto });
export type RuleAnswer = z.infer<typeof ruleAnswer>;
export const ruleList = z.object({ rules: z.array(ruleDto), nextCursor });
export type RuleList = z.infer<typeof ruleList>;
