import { pool } from '@/lib/db';

/** Every organisation of this installation. */
export async function listOrganisationIds(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>('select id from organization order by id');
  return rows.map((row) => row.id);
}
