import type { BulkActionVerb, ReasonCount } from '@/lib/contracts/bulk-action';
import { must } from '@/lib/contracts/must';
import type { TagChange } from '@/lib/contracts/tag-change';
import { type Sql, sql } from '@/lib/db/sql';
import { hasTagsOf } from '@/lib/domain/tags/has-tags';

/** Why a job was not changed, for people. */
const REASONS = {
  open: 'It has not ended. Only failed and cancelled jobs run again.',
  completed: 'It is completed. Only failed and cancelled jobs run again.',
  'not-failed': 'It has not failed, so there is nothing to discard.',
  discarded: 'It was discarded before.',
  ended: 'It has ended, so there is nothing to cancel.',
  'still-open': 'It has not ended. Cancel it first.',
  'not-ended': 'It has not ended. Cancel it first.',
  'in-batch': 'It is part of a batch, which is deleted as a whole.',
  'in-flow': 'It is part of a flow, which is deleted as a whole.',
  'other-client': 'Another BullMQ client added it. Only an administrator may change it.',
  retried: 'Somebody retried it after it was chosen.',
  unchanged: 'Its tags are so already.',
  changed: 'It was changed after it was chosen.',
  gone: 'It was deleted after it was chosen.',
  'batch-cancelled': 'Its batch was cancelled after the bulk action began.',
  'being-cancelled': 'Its batch or flow is being cancelled.',
  'unique-key-in-use': 'Another batch with the unique key of its batch is not finished.',
  'invalid-input': 'The changed input does not fit its job type.',
  'other-tags': 'Its metadata has a field `tags` that is no list of texts.',
  'metadata-too-large': 'Its metadata would be too large with these tags.',
  interrupted: 'An error interrupted the bulk action several times at this job.',
} as const;

export type ReasonCode = keyof typeof REASONS;

export const reasonText = (code: string): string => REASONS[code as ReasonCode] ?? code;

/** How many jobs a reason concerns, by `state:code`, and one of them. */
export type Reasons = Record<string, { count: number; sample: string }>;

/** Adds a job, or several, to the jobs that a reason concerns. */
export function addReason(reasons: Reasons, key: string, sample: string, count = 1): void {
  const known = reasons[key];
  reasons[key] = known ? { ...known, count: known.count + count } : { count, sample };
}

/** Returns the reasons of one state, the most frequent first. */
export const reasonsOf = (reasons: Reasons, state: 'skipped' | 'failed'): ReasonCount[] =>
  Object.entries(reasons)
    .filter(([key]) => key.startsWith(`${state}:`))
    .map(([key, { count, sample }]) => {
      const code = key.slice(state.length + 1);
      return { code, reason: reasonText(code), count, sampleJobId: sample };
    })
    .toSorted((a, b) => b.count - a.count);

/**
 * SQL expression over a chosen row `s`: why an action does not change it, as its row is now; null if it does.
 * @param ownOnly the caller may not change what another BullMQ client added
 * @param tags of the action `tag`
 */
export function reasonToSkip(action: BulkActionVerb, ownOnly: boolean, tags?: TagChange): Sql {
  const foreign = ownOnly ? sql`exists (select from adopted a where a.job_id = s.id)` : sql`false`;
  switch (action) {
    case 'cancel':
      return sql`case when s.outcome is not null then 'ended' when ${foreign} then 'other-client' end`;
    case 'discard':
      return sql`case when s.outcome is distinct from 'failed' then 'not-failed' when s.discarded_at is not null then 'discarded'
        when ${foreign} then 'other-client' end`;
    case 'delete':
      return sql`case when s.batch_id is not null then 'in-batch' when s.flow_id is not null then 'in-flow'
        when s.outcome is null then 'still-open' when ${foreign} then 'other-client' end`;
    case 'tag':
      return sql`case when ${foreign} then 'other-client'
        when exists (select from job m where m.id = s.id and ${hasTagsOf(must(tags, 'The tags'), sql`m.metadata`)}) then 'unchanged' end`;
    default:
      return sql`case when s.outcome is null then 'open' when s.outcome = 'completed' then 'completed'
        when ${foreign} then 'other-client' end`;
  }
}
