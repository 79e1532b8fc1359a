import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Firings that every schedule keeps, whatever their age. */
const KEPT = 1000;
const KEPT_DAYS = 30;

/** Deletes old firings: a schedule keeps its last thousand, and those of the last 30 days. */
export async function expireFirings(): Promise<void> {
  await pool().query(
    sql`delete from schedule_firing f using (
       select s.id, (select r.due_at from schedule_firing r where r.schedule_id = s.id order by r.due_at desc offset ${KEPT} limit 1) as edge
       from schedule s) e
     where f.schedule_id = e.id and f.due_at <= e.edge and f.due_at < now() - make_interval(days => ${KEPT_DAYS})
       and f.status <> 'queued' and (f.status <> 'launched' or f.outcome is not null)`,
  );
}
