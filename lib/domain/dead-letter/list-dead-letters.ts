import { DEAD_GROUPINGS, type DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLettersAnswer, ListDeadLettersQuery } from '@/lib/contracts/dead-letter';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openScope, requireQuery } from '@/lib/domain/query/scope';
import { describeGroups } from './describe-groups';
import { groupDeadLetters } from './group-dead-letters';

/**
 * Groups what failed for good and nobody retried or discarded, over all batches, single jobs and flows. Reasons, types, batches
 * and times are read from an index, so the counts are of all dead letters. Other terms of a query are checked from the
 * newest dead letter back within a limit of time; `searched` says how far that came.
 * @throws DomainError `invalid-query`, and `forbidden` for a query over contents that the caller may not see
 */
export async function listDeadLetters(
  context: Context,
  { query: text = '', groupBy: by }: ListDeadLettersQuery,
): Promise<DeadLettersAnswer> {
  requirePermission(context, 'job.see');
  const groupBy = requireGrouping(by);
  const query = requireQuery(text, 'jobs');
  const scope = await openScope(context, query, 'jobs');
  const found = await groupDeadLetters(query, scope, groupBy);
  const groups = await describeGroups(found.groups, query, scope, groupBy);
  const merged = found.groups.length - groups.length;
  return { groups, total: found.total, groupCount: found.groupCount - merged, searched: found.searched };
}

function requireGrouping(text: string): DeadGrouping {
  const known = DEAD_GROUPINGS.find((each) => each === text);
  if (known) return known;
  const message = `is one of ${DEAD_GROUPINGS.join(', ')}`;
  throw new DomainError('invalid-query', `The query is not valid: groupBy ${message}.`, {
    errors: [{ path: 'groupBy', message }],
  });
}
