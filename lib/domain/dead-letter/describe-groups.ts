import type { DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLetterGroup } from '@/lib/contracts/dead-letter';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { failureCode, failureMessage, reasonOf } from '@/lib/domain/batch/failure-reason';
import { isDeadTerm } from '@/lib/domain/query/failure-condition';
import type { SearchScope } from '@/lib/domain/query/scope';
import { printQuery } from '@/lib/query/print';
import type { Query, Term } from '@/lib/query/query';
import type { CountedGroup } from './group-dead-letters';

interface SampleRow {
  id: string;
  type: string;
  code: string | null;
  message: string;
  /** the normalized message */
  reason: string;
  batch_id: string | null;
  batch_name: string | null;
}

const ERROR = sql`j.error`;

/**
 * Describes counted groups by their newest job, as the caller sees it. Reasons that look the same once their messages are
 * hidden are joined. A group whose sample was retried or deleted meanwhile is left out.
 */
export async function describeGroups(
  counted: readonly CountedGroup[],
  query: Query,
  scope: SearchScope,
  by: DeadGrouping,
): Promise<DeadLetterGroup[]> {
  const { rows } = await pool().query<SampleRow>(
    sql`select j.id, j.type, ${failureCode(ERROR)} as code, ${failureMessage(ERROR)} as message,
        ${reasonOf(failureMessage(ERROR))} as reason, j.batch_id, b.name as batch_name
      from job j left join batch b on b.id = j.batch_id
      where j.id = any(${counted.map(({ sample }) => sample)}::uuid[]) and j.outcome = 'failed'`,
  );
  const samples = new Map(rows.map((row) => [row.id, row]));
  const groups = counted.flatMap((group) => {
    const row = samples.get(group.sample);
    return row ? [describe(group, row, query, scope, by)] : [];
  });
  if (by !== 'reason' || scope.door.level === 'full') return groups;
  return queriedByCode(mergeEqual(groups), query);
}

function describe(
  group: CountedGroup,
  row: SampleRow,
  query: Query,
  { door }: SearchScope,
  by: DeadGrouping,
): DeadLetterGroup {
  return {
    reason: door.message(row.message),
    code: row.code,
    type: by === 'type' ? row.type : null,
    batch: by === 'batch' && row.batch_id ? { id: row.batch_id, name: door.label(row.batch_name ?? '') } : null,
    count: group.count,
    oldestAt: new Date(group.oldest).toISOString(),
    newestAt: new Date(group.newest).toISOString(),
    sampleJobId: row.id,
    query: queryOfGroup(query, termsOfGroup(row, by)),
  };
}

const ANY = ['', ''];
const withCode = (code: string | null): Term => ({
  field: 'code',
  not: code === null,
  any: [code === null ? ANY : [code]],
});

function termsOfGroup(row: SampleRow, by: DeadGrouping): Term[] {
  if (by === 'type') return [{ field: 'type', not: false, any: [[row.type]] }];
  if (by === 'batch')
    return [{ field: 'batch', not: row.batch_id === null, any: [row.batch_id ? [row.batch_id] : ANY] }];
  return [{ field: 'reason', not: false, pattern: [row.reason] }, withCode(row.code)];
}

const DEAD: Term = { field: 'is', not: false, any: [['dead']] };

/** Prints the query of a group among what was asked for. */
const queryOfGroup = ({ terms }: Query, own: Term[]): string =>
  printQuery({ terms: [DEAD, ...own, ...terms.filter((term) => !isDeadTerm(term))] });

/** Joins the reasons that look the same, the most frequent first. */
function mergeEqual(groups: readonly DeadLetterGroup[]): DeadLetterGroup[] {
  const merged = new Map<string, DeadLetterGroup>();
  for (const group of groups) {
    const key = JSON.stringify([group.code, group.reason]);
    const known = merged.get(key);
    if (!known) {
      merged.set(key, group);
      continue;
    }
    merged.set(key, {
      ...(known.newestAt >= group.newestAt ? known : group),
      count: known.count + group.count,
      oldestAt: [known.oldestAt, group.oldestAt].sort()[0] ?? known.oldestAt,
    });
  }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}

/** Who does not see messages whole can't search for them. A code names the group if it is the only one with it. */
const queriedByCode = (groups: readonly DeadLetterGroup[], query: Query): DeadLetterGroup[] =>
  groups.map((group) => ({
    ...group,
    query:
      groups.filter(({ code }) => code === group.code).length === 1
        ? queryOfGroup(query, [withCode(group.code)])
        : null,
  }));
