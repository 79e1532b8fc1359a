import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';

/** The scope of a pause of all organizations. */
export const EVERYWHERE = '*';

/**
 * SQL condition: everything of this organization is paused. A statement reads the pauses once, however many rows it asks
 * for, and the table is almost always empty.
 * @param organizationId an SQL expression
 */
export const isPaused = (organizationId: Sql): Sql =>
  sql`(array(select scope from work_pause where resumed_at is null) && array[${organizationId}, ${sql.literal(EVERYWHERE)}])`;

/** A pause that holds. */
export interface Pause {
  scope: string;
  since: Date;
  /** null if it is not known any more */
  by: string | null;
}

/** Returns the pauses that hold, of all organizations. */
export async function readPauses(): Promise<Pause[]> {
  const { rows } = await pool().query<Pause>(
    sql`select scope, paused_at as since, coalesce((select u.name from "user" u where u.id = p.paused_by),
       (select k.name from api_key k where k.id::text = p.paused_by)) as by
     from work_pause p where resumed_at is null order by paused_at`,
  );
  return rows;
}
