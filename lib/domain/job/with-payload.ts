import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { isExternalType, type JobType } from '@/lib/job-types/catalogue';
import type { Dispatchable } from '@/lib/queue/enqueue';

/** Rows as they are delivered: with their data and backoff where other clients' workers take them, else as they are. */
export async function withPayload<R extends Dispatchable>(type: JobType, rows: R[]): Promise<R[]> {
  if (!isExternalType(type)) return rows;
  const { rows: found } = await pool().query<{ id: string } & NonNullable<Dispatchable['payload']>>(
    sql`select id, data, backoff from job where id = any(${rows.map((r) => r.id)}::uuid[])`,
  );
  const payloads = new Map(found.map(({ id, data, backoff }) => [id, { data, backoff }]));
  return rows.map((row) => ({ ...row, payload: payloads.get(row.id) }));
}
