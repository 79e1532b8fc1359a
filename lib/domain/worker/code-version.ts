import { createHash } from 'node:crypto';
import { VERSION } from '@/lib/config/version';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { BUILT_IN_TYPES, isExternalType, type JobType } from '@/lib/job-types/catalogue';
import { TAKES_WORK } from './live-nodes';

/**
 * Stores which code a consumer has, once, before it is ready. Attempts name their consumer, so no claim and no outcome
 * carries a version. Idempotent.
 * @param own the versions of the own types that it loaded
 */
export async function storeCode(consumerId: number, own: Record<string, string>): Promise<void> {
  const sorted = JSON.stringify(Object.fromEntries(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))));
  const hash = createHash('sha256').update(`${VERSION} ${sorted}`).digest('hex').slice(0, 16);
  await pool().query(
    sql`with code as (
       insert into code_set (hash, product, own) values (${hash}, ${VERSION}, ${sorted}::jsonb) on conflict do nothing
     )
     insert into consumer_code (consumer_id, code) values (${consumerId}, ${hash})
     on conflict (consumer_id) do update set code = excluded.code`,
  );
}

/**
 * SQL text: the version of the code that a consumer runs this type with; null if that is not known.
 * @param consumer a column with the name of its table: a bare name would be a column of the subquery
 */
export const codeVersionOf = (consumer: Sql, type: Sql): Sql =>
  sql`(select coalesce(s.own ->> ${type}, s.product) from consumer_code c join code_set s on s.hash = c.code
    where c.consumer_id = ${consumer})`;

/** Deletes what no attempt can name any more: codes of consumers that are older than every job. */
export async function expireCodes(): Promise<void> {
  await pool().query(
    sql`delete from consumer_code c where c.at < coalesce((select created_at from job order by id limit 1), now()) - interval '1 day'
       and not exists (select from consumer w where w.id = c.consumer_id)`,
  );
  await pool().query(sql`delete from code_set s where not exists (select from consumer_code c where c.code = s.hash)`);
}

/**
 * Returns the versions of a type's code that machines which take work have: what a retry runs with. Several while
 * machines differ, none without a worker.
 */
export async function readOfferedVersions(type: string): Promise<string[]> {
  const isBuiltIn = BUILT_IN_TYPES.some((builtIn) => builtIn === type) && !isExternalType(type as JobType);
  const { rows } = await pool().query<{ version: string }>(
    sql`select distinct v.version from node n
     cross join lateral (select coalesce(n.own_types ->> ${type}, case when ${isBuiltIn} then n.version end) as version) v
     where ${TAKES_WORK} and v.version is not null order by v.version`,
  );
  return rows.map((row) => row.version);
}
