import { z } from 'zod';
import { count, queryText, time } from './fields';
import { searchedDto } from './job';

/** The most frequent groups are returned, so many at most. */
export const MAX_DEAD_GROUPS = 100;

export const listDeadLettersQuery = z.strictObject({
  query: queryText.optional().describe('as of jobs (docs/queries.md); combines with `is:dead`'),
  groupBy: z.string().max(50).default('reason').describe('`reason`, `type` or `batch`; 422 for anything else'),
});
export type ListDeadLettersQuery = z.infer<typeof listDeadLettersQuery>;

const deadLetterGroup = z
  .object({
    reason: z
      .string()
      .describe('the message of the sample: messages that differ in numbers, ids and quoted values are one'),
    code: z.string().nullable().describe('of a group by reason: its code; else that of the sample'),
    type: z.string().nullable().describe('of a group by type'),
    batch: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .describe('of a group by batch; null = single jobs and nodes of flows'),
    count,
    oldestAt: time.describe('when the first of them failed'),
    newestAt: time,
    sampleJobId: z.string().describe('the newest job of the group'),
    query: z
      .string()
      .nullable()
      .describe(
        'finds exactly this group, in lists and bulk actions; null where the caller does not see what tells it apart',
      ),
  })
  .meta({ id: 'DeadLetterGroup', description: 'Dead letters that failed for one reason, or of one type or batch.' });
export type DeadLetterGroup = z.infer<typeof deadLetterGroup>;

export const deadLettersAnswer = z.object({
  groups: z.array(deadLetterGroup).describe(`the most frequent first, at most ${MAX_DEAD_GROUPS}`),
  total: count.describe('dead letters that match, also those of groups that are left out'),
  groupCount: count.describe('groups, also those that are left out'),
  searched: searchedDto.describe(
    'how many dead letters were read; `all: false`: older ones were not searched in the time that there is',
  ),
});
export type DeadLettersAnswer = z.infer<typeof deadLettersAnswer>;

export const deadLetterCount = z.object({ count: count.describe('dead letters of the organization') });
export type DeadLetterCount = z.infer<typeof deadLetterCount>;
