import { HISTORY_KEPT_MS, HISTORY_STEPS } from '@/lib/contracts/history-steps';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Deletes points that are older than their step is kept. */
export async function expireHistory(): Promise<void> {
  for (const step of HISTORY_STEPS) {
    const seconds = HISTORY_KEPT_MS[step] / 1000;
    // A point that is only partly older stays.
    const old = sql`step = ${step} and at < date_trunc(${step}, now() - make_interval(secs => ${seconds}), 'UTC')`;
    await pool().query(sql`delete from history where ${old}`);
    await pool().query(sql`delete from worker_history where ${old}`);
  }
}
