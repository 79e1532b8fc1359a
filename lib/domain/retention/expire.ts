import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { expireEntries } from '@/lib/domain/audit/expire-entries';
import { expireBulkActions } from '@/lib/domain/bulk-action/expire-bulk-actions';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { expireHistory } from '@/lib/domain/history/expire-history';
import { expireImports, type Retention } from '@/lib/domain/import/running/expire-imports';
import { expireDeliveries } from '@/lib/domain/notification/delivery/expire-deliveries';
import { forgetCalls } from '@/lib/domain/outbound-call/enter-host';
import { forgetKeys } from '@/lib/domain/query/search-keys';
import { expireFirings } from '@/lib/domain/schedule/firing/expire-firings';
import { expireValues } from '@/lib/domain/stored-value/stored-values';
import { expireCodes } from '@/lib/domain/worker/code-version';

/** Rows per delete transaction: small enough to not slow down running jobs. */
const CHUNK = 2000;

/** SQL condition: whether a retention is that of an organization. */
const covers = ({ only, except }: Retention, organizationId: Sql): Sql => sql`
  (${only}::text[] is null or ${organizationId} = any(${only}::text[])) and ${organizationId} <> all(${except}::text[])`;

/**
 * Deletes batches and jobs that finished more than RETENTION_DAYS ago, or longer ago than their organization keeps them,
 * with their attempts and log lines, in small transactions. Deletes unused files, old audit entries and expired
 * values too.
 * Embedded documents stay searchable, because they are results, not records.
 * @param limit the maximum number of jobs in this round
 * @returns how many jobs were deleted
 */
export async function expire(limit: number): Promise<number> {
  let deleted = 0;
  for (const retention of await listRetentions()) {
    if (retention.days === 0) continue;
    deleted += await expireOlderThan(retention, limit - deleted);
    await expireImports(retention);
  }
  await pool().query(sql`delete from consumer where ended_at < now() - interval '1 day'`);
  await pool().query(
    sql`delete from node n where last_seen_at < now() - interval '1 day'
       and not exists (select from consumer c where c.node_id = n.id)`,
  );
  await expireCodes();
  await sweepFiles();
  await forgetCalls();
  await expireEntries(limit);
  await expireFirings(limit);
  await expireHistory();
  await expireDeliveries(limit);
  await expireBulkActions();
  await expireValues(limit);
  return deleted;
}

/** Returns the retention of the installation, and those that organizations chose. */
async function listRetentions(): Promise<Retention[]> {
  const { rows } = await pool().query<{ days: number | null; ids: string[] }>(
    sql`select (settings ->> 'retentionDays')::int as days, array_agg(organization_id) as ids from organization_setting
     where settings ->> 'retentionDays' is not null group by 1`,
  );
  const chosen = rows.flatMap((row) => row.ids);
  return [
    { days: env().RETENTION_DAYS, only: null, except: chosen },
    ...rows.map(({ days, ids }) => ({ days: days ?? 0, only: ids, except: [] })),
  ];
}

/**
 * Deletes what finished longer ago than a retention allows.
 * @param limit the maximum number of jobs
 * @returns how many jobs were deleted
 */
export async function expireOlderThan(retention: Retention, limit: number): Promise<number> {
  const { days } = retention;
  let deleted = 0;
  while (deleted < limit) {
    const count = await retrying(() => expireChunk(retention));
    deleted += count;
    if (count < CHUNK) break;
  }
  // A batch is deleted after its last child.
  const old = sql`g.finished_at < now() - make_interval(days => ${days}) and ${covers(retention, sql`g.organization_id`)}`;
  await deleteWithoutJobs(pool(), 'batch', old);
  await deleteWithoutJobs(pool(), 'flow', old);
  return deleted;
}

/**
 * Deletes batches or flows that have no job left.
 * @param which an SQL condition on `batch g` or `flow g`
 */
export async function deleteWithoutJobs(db: Queryable, kind: 'batch' | 'flow', which: Sql): Promise<void> {
  if (kind === 'flow') {
    await db.query(sql`delete from flow g where ${which} and not exists (select from job j where j.flow_id = g.id)`);
    return;
  }
  await db.query(
    sql`with gone as (
       delete from batch g where ${which} and not exists (select from job j where j.batch_id = g.id) returning id),
     additions as (delete from batch_addition a using gone where a.batch_id = gone.id),
     uses as (delete from file_use u using gone where u.owner_id = gone.id)
     delete from batch_dispatch d using gone where d.batch_id = gone.id`,
  );
}

async function expireChunk(retention: Retention): Promise<number> {
  const { days } = retention;
  return deleteEndedJobs(
    pool(),
    sql`(select j.id from batch b join job j on j.batch_id = b.id
          where b.finished_at < now() - make_interval(days => ${days}) and ${covers(retention, sql`b.organization_id`)} limit ${CHUNK})
       union all
       (select j.id from flow f join job j on j.flow_id = f.id
          where f.finished_at < now() - make_interval(days => ${days}) and ${covers(retention, sql`f.organization_id`)} limit ${CHUNK})
       union all
       (select id from job where batch_id is null and flow_id is null and outcome is not null
          and finished_at < now() - make_interval(days => ${days}) and ${covers(retention, sql`organization_id`)} limit ${CHUNK})
       limit ${CHUNK}`,
  );
}

/**
 * Deletes jobs that have ended, with their attempts, steps, log lines and artifacts.
 * @param ids a query for their ids
 * @returns how many were deleted
 */
export async function deleteEndedJobs(db: Queryable, ids: Sql): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    sql`with old as (${ids}), logs as (delete from job_log l using old where l.job_id = old.id),
     steps as (delete from job_step s using old where s.job_id = old.id),
     runs as (delete from attempt a using old where a.job_id = old.id),
     nodes as (delete from flow_node n using old where n.job_id = old.id),
     keys as (${forgetKeys(sql`j.id in (select id from old)`)}),
     foreign_jobs as (delete from adopted a using old where a.job_id = old.id),
     uses as (delete from file_use u using old where u.owner_id = old.id),
     artifacts as (update file f set hidden_at = '-infinity' from old where f.job_id = old.id),
     jobs as (delete from job j using old where j.id = old.id and j.outcome is not null returning 1)
     select count(*)::int as count from jobs`,
  );
  return rows[0]?.count ?? 0;
}
