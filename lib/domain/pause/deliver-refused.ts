import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { EVERYWHERE } from './paused';

/** Rows of one statement. */
const CHUNK = 1000;

/**
 * After a resume: delivers the single jobs and nodes of flows again whose deliveries were dropped during the pause. The
 * position is stored, so another process continues. Batches deliver theirs again when they get a slot.
 * @throws if the queue is unavailable
 */
export async function deliverRefused(): Promise<void> {
  const { rows } = await pool().query<Resumed>(
    sql`select scope, resumed_at as at, delivered_to as after from work_pause where resumed_at is not null`,
  );
  for (const resumed of rows) await deliverAll(resumed);
}

interface Resumed {
  scope: string;
  at: Date;
  after: string | null;
}

async function deliverAll({ scope, at, after }: Resumed): Promise<void> {
  let last = after;
  for (;;) {
    const { rows } = await pool().query<{ id: string; delivery: number }>(
      sql`select id, delivery from job
       where batch_id is null and outcome is null and status in ('pending', 'delayed') and consumer_id is null
         and (run_at is null or run_at <= now()) and created_at <= ${at}::timestamptz + interval '5 seconds' and (${last}::uuid is null or id > ${last}::uuid)
         and (${scope === EVERYWHERE} or organization_id = ${scope})
       order by id limit ${CHUNK}`,
    );
    await redeliver(rows);
    last = rows.at(-1)?.id ?? last;
    if (rows.length < CHUNK) break;
    await pool().query(sql`update work_pause set delivered_to = ${last} where scope = ${scope} and resumed_at = ${at}`);
  }
  await pool().query(sql`delete from work_pause where scope = ${scope} and resumed_at = ${at}`);
}
