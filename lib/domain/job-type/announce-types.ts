import { stringifyJson } from '@/lib/contracts/json';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';

/**
 * Stores which job files a machine has. Files that it had before and has no more are marked as removed; their jobs stay.
 * A broken file keeps its last usable definition, so that its jobs can still be read.
 * @param host of the machine; with its folder it identifies the place
 */
export async function announceTypes(nodeId: number, host: string, { folder, hash, entries }: Manifest): Promise<void> {
  const origin = `${host}:${folder}`;
  const rows = entries.map(({ path, type, source, version, definition, error }) => ({
    path,
    type,
    source,
    version,
    definition,
    error,
  }));
  const usable = Object.fromEntries(entries.flatMap((e) => (e.error ? [] : [[e.type, e.version]])));
  await transaction(async ({ db }) => {
    await db.query(
      sql`update node set jobs_hash = ${hash}, own_types = ${stringifyJson(usable)}::jsonb where id = ${nodeId}`,
    );
    await db.query(
      sql`insert into own_job_type as t (origin, path, type, node_id, source, version, definition, error, announced_at, changed_at)
       select ${origin}, e.path, e.type, ${nodeId}::int, e.source, e.version, e.definition, e.error, clock_timestamp(), clock_timestamp()
       from json_to_recordset(${stringifyJson(rows)}::json) as e(path text, type text, source text, version text, definition json, error json)
       on conflict (origin, path) do update set type = excluded.type, node_id = excluded.node_id, source = excluded.source,
         version = excluded.version, definition = coalesce(excluded.definition, t.definition), error = excluded.error,
         announced_at = excluded.announced_at, removed_at = null, changed_at = excluded.changed_at`,
    );
    await db.query(
      sql`update own_job_type set removed_at = clock_timestamp(), changed_at = clock_timestamp()
       where origin = ${origin} and removed_at is null and not path = any(${entries.map(({ path }) => path)}::text[])`,
    );
    // A removed type is forgotten when it has no jobs.
    await db.query(
      sql`delete from own_job_type t where t.removed_at is not null and t.origin = ${origin}
       and not exists (select from job where job.batch_id is null and job.type = t.type)
       and not exists (select from batch where batch.type = t.type)`,
    );
  });
}
