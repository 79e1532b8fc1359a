import type { ActivityQuery, AuditList } from '@/lib/contracts/audit';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { readPage } from './list-entries';

const TABLES = { batch: sql`batch`, job: sql`job`, flow: sql`flow`, schedule: sql`schedule` } as const;

/**
 * Lists what was done to one batch, job, flow or schedule and to its parts, newest first, for everybody who sees it. Network
 * addresses are only in the audit log.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function listActivity(
  context: Context,
  kind: keyof typeof TABLES,
  id: string,
  page: ActivityQuery,
): Promise<AuditList> {
  requirePermission(context, `${kind}.see`, `see a ${kind}`);
  if (!isId(id)) throw notFound(kind, id);
  const { rowCount } = await pool().query(
    sql`select from ${TABLES[kind]} where id = ${id} and organization_id = ${context.organizationId}`,
  );
  if (!rowCount) throw notFound(kind, id);
  const { entries, nextCursor } = await readPage(context, { activityOf: id }, page);
  return { entries: entries.map((entry) => ({ ...entry, address: null })), nextCursor };
}
