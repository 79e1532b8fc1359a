import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';

/** Rows that belong to another row, as SQL that finds those whose owner is gone. */
const DEPENDENTS = {
  attempt: 'job_id not in (select id from job)',
  job_step: 'job_id not in (select id from job)',
  job_log: 'job_id not in (select id from job)',
  flow_node: 'job_id not in (select id from job)',
  adopted: 'job_id not in (select id from job)',
  batch_dispatch: 'batch_id not in (select id from batch)',
  batch_addition: 'batch_id not in (select id from batch)',
  file_use: 'file_id not in (select id from file)',
} as const;

/** Counts rows of tables without an organization that belong to no row any more. */
export async function orphans(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [table, isOrphan] of Object.entries(DEPENDENTS)) {
    const { rows } = await pool().query(`select count(*)::int as n from "${table}" where ${isOrphan}`);
    if (rows[0].n > 0) counts[table] = rows[0].n;
  }
  return counts;
}

/** Returns the names of all files on this machine's disk, without those that are still received. */
export async function storedFiles(): Promise<string[]> {
  const folder = join(env().DATA_DIR, 'files');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('incoming'))
    .map(({ name }) => name)
    .sort();
}

/** Counts the rows of an organization, by table. */
export async function rowsOf(organizationId: string): Promise<Record<string, number>> {
  const { rows: tables } = await pool().query<{ name: string }>(
    `select table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where table_schema = 'public' and column_name = 'organization_id' and table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await pool().query(`select count(*)::int as n from "${name}" where organization_id = $1`, [
      organizationId,
    ]);
    if (rows[0].n > 0) counts[name] = rows[0].n;
  }
  return counts;
}
