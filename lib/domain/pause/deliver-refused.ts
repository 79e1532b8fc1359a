import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { EXTERNAL_TYPES, isExternalType, type JobType } from '@/lib/job-types/catalogue';
import { findMissing } from '@/lib/queue/inspect';
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

interface Refused {
  id: string;
  delivery: number;
  type: JobType;
}

/** Workers of other clients claim nothing, so a second delivery of a row would run it twice: theirs may still be there. */
async function withoutDelivery(rows: Refused[]): Promise<Refused[]> {
  const missing = new Set<string>();
  for (const type of EXTERNAL_TYPES) {
    const theirs = rows.filter((row) => row.type === type);
    if (theirs.length > 0) for (const id of await findMissing(type, theirs)) missing.add(id);
  }
  return rows.filter(({ id, type }) => missing.has(id) || !isExternalType(type));
}

interface Resumed {
  scope: string;
  at: Date;
  after: string | null;
}

async function deliverAll({ scope, at, after }: Resumed): Promise<void> {
  let last = after;
  for (;;) {
    const { rows } = await pool().query<Refused>(
      sql`select id, delivery, type from job
       where batch_id is null and outcome is null and status in ('pending', 'delayed') and consumer_id is null
         and (run_at is null or run_at <= now()) and created_at <= ${at}::timestamptz + interval '5 seconds' and (${last}::uuid is null or id > ${last}::uuid)
         and (${scope === EVERYWHERE} or organization_id = ${scope})
       order by id limit ${CHUNK}`,
    );
    await redeliver(await withoutDelivery(rows));
    last = rows.at(-1)?.id ?? last;
    if (rows.length < CHUNK) break;
    await pool().query(sql`update work_pause set delivered_to = ${last} where scope = ${scope} and resumed_at = ${at}`);
  }
  await pool().query(sql`delete from work_pause where scope = ${scope} and resumed_at = ${at}`);
}
