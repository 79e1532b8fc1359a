import { z } from 'zod';
import { SEVERITIES } from './choices';
import { count, time } from './fields';
import { PERMISSION_NAMES } from './permissions';

/** What needs a person, in the order in which kinds of the same severity are listed. */
export const ATTENTION_KINDS = [
  'queue-away',
  'no-worker',
  'queue-paused',
  'batch-stuck',
  'batch-failed',
  'schedule-paused',
  'schedule-no-worker',
  'schedule-failed',
  'schedule-missed',
  'organization-paused',
  'budget-reached',
  'dead-letters',
  'channel-off',
  'waiting-for-items',
  'waiting-for-capacity',
  'batch-paused',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

const attentionAction = z
  .object({
    label: z.string().describe('what a button says'),
    method: z.enum(['POST', 'PATCH']),
    path: z.string().describe('of this API, such as `/api/batches/…/retry`'),
    body: z.record(z.string(), z.unknown()).exactOptional(),
    permission: z.enum(PERMISSION_NAMES),
    confirm: z.string().exactOptional().describe('what happens, where a person should confirm it first'),
  })
  .meta({ id: 'AttentionAction', description: 'A call that the caller may make, and that settles the item.' });
export type AttentionAction = z.infer<typeof attentionAction>;

const attentionItem = z
  .object({
    id: z.string().describe('the same as long as the item stays'),
    kind: z.enum(ATTENTION_KINDS),
    severity: z.enum(SEVERITIES),
    since: time.nullable(),
    count: count.describe('how many jobs, batches or schedules it is about, as the text says'),
    text: z.string(),
    link: z.string().describe('the page that shows what it is about'),
    actions: z.array(attentionAction),
  })
  .meta({ id: 'AttentionItem', description: 'Something that needs a person.' });
export type AttentionItem = z.infer<typeof attentionItem>;

/** `GET /api/attention` */
export const attentionList = z.object({ items: z.array(attentionItem).describe('worst first') });
export type AttentionList = z.infer<typeof attentionList>;
