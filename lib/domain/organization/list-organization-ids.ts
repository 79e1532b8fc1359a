import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Lists the ids of all organizations of this installation. */
export async function listOrganizationIds(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(sql`select id from organization order by id`);
  return rows.map((row) => row.id);
}
