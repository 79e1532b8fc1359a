import { pool } from '@/lib/db/pool';

/** Every organization of this installation. */
export async function listOrganizationIds(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>('select id from organization order by id');
  return rows.map((row) => row.id);
}
