import type { AuditEntryDto, AuditList, ListAuditQuery } from '@/lib/contracts/audit';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { ENTRY_COLUMNS, type EntryRow, toEntry } from './entry-row';

/** Which entries a list or a download contains. */
export type EntryFilter = Pick<ListAuditQuery, 'actor' | 'action' | 'target' | 'from' | 'to'> & {
  /** only those of this target, and of its parts: the jobs of a batch or a flow, the flows of a workflow */
  activityOf?: string;
};

/** Lists the audit entries of the organization that match, newest first. @throws DomainError `forbidden` */
export async function listEntries(context: Context, query: ListAuditQuery): Promise<AuditList> {
  requirePermission(context, 'audit.see', 'see the audit log');
  return readPage(context, query, query);
}

/**
 * Reads one page of entries, newest first. System administrators also get the entries that belong to no organization,
 * such as failed sign-ins with an unknown address.
 */
export async function readPage(
  context: Context,
  filter: EntryFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ entries: AuditEntryDto[]; nextCursor: string | null }> {
  const { actor, target, action, from, to, activityOf } = filter;
  const where = [sql`true`];
  if (actor) where.push(sql`a.actor_id = ${actor}`);
  if (target) where.push(sql`a.target_id = ${target}`);
  if (from) where.push(sql`a.at >= ${from}::timestamptz`);
  if (to) where.push(sql`a.at < ${to}::timestamptz`);
  if (action && action.length > 0) where.push(sql`(${sql.join(action.map(isAction), ' or ')})`);
  if (cursor) where.push(isBefore(cursor));
  const matches = sql.join(where, ' and ');
  // One ordered scan of an index for each scope. A condition with "or" would sort all entries.
  const ofTarget = activityOf === undefined ? sql`true` : sql`a.target_id = ${activityOf}`;
  const own = scan(sql`a.organization_id = ${context.organizationId} and ${ofTarget}`, matches, limit);
  const ofParts = scan(
    sql`a.organization_id = ${context.organizationId} and a.parent_id = ${activityOf ?? null}::text`,
    matches,
    limit,
  );
  const ofNone = scan(sql`a.organization_id is null`, matches, limit);
  const all = may(context, 'organization.see-all') ? sql`${own} union all ${ofNone}` : own;
  const found = activityOf === undefined ? all : sql`${own} union all ${ofParts}`;
  const { rows } = await pool().query<EntryRow>(
    sql`select e.* from (${found}) e order by e.at desc, e.id::bigint desc limit ${limit + 1}`,
  );
  const door = await openDoor(context);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    entries: page.map((row) => toEntry(door, row)),
    nextCursor: last ? `${last.at.getTime()}-${last.id}` : null,
  };
}

/** One entry more than a page has, which shows whether another page follows. */
const scan = (scope: Sql, matches: Sql, limit: number): Sql =>
  sql`(select ${ENTRY_COLUMNS} from audit a where ${scope} and ${matches} order by a.at desc, a.id desc limit ${limit + 1})`;

/** `batch.*` is all actions from `batch.` to before `batch/`, the next character. */
function isAction(action: string): Sql {
  if (!action.endsWith('.*')) return sql`a.action collate "C" = ${action}`;
  const entity = action.slice(0, -2);
  return sql`(a.action collate "C" >= ${`${entity}.`} and a.action collate "C" < ${`${entity}/`})`;
}

function isBefore(cursor: string): Sql {
  const [at = '', id = ''] = cursor.split('-');
  return sql`(a.at, a.id) < (${new Date(Number(at)).toISOString()}::timestamptz, ${id}::bigint)`;
}
