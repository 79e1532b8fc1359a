import type { CreateJobBody } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** When a job may start, by the database's clock. */
export interface OwnDue {
  due: Date;
  /** from `asOf` on */
  delayMs: number;
  asOf: number;
}

/**
 * The time that a job asks for (`runAt`, `delayMs`), if it has not come. The database's clock decides, which all machines
 * share; who asks for none pays for no question.
 */
export async function ownDue({ runAt, delayMs = 0 }: CreateJobBody): Promise<OwnDue | undefined> {
  if (runAt === undefined && delayMs === 0) return undefined;
  const { rows } = await pool().query<OwnDue>(
    sql`select due, extract(epoch from now())::float8 * 1000 as "asOf",
       ceil(extract(epoch from due - now())::float8 * 1000) as "delayMs"
     from (select coalesce(${runAt ?? null}::timestamptz, now() + make_interval(secs => ${delayMs}::float8 / 1000)) as due) d where due > now()`,
  );
  return rows[0];
}
