import { pool } from '@/lib/db';
import { findBroken } from '@/lib/testing/oracle';
import type { Simulation } from './simulation';

/** What is wrong once everything has come to rest; empty when the promise was kept. */
export async function verify(simulation: Simulation): Promise<string[]> {
  const seeds = new Map(simulation.schedules.map((s) => [s.batchId, s.seed]));
  const name = (batchId: string, why: string) => `schedule ${seeds.get(batchId)}: ${why}`;
  const wrong = simulation.running.map((s) => name(s.batchId, 'it never came to an end'));
  wrong.push(...(await findBroken()).map((b) => name(b.batchId, b.why)));
  const { rows } = await pool().query<{ id: string; batch: string; attempt: number; token: string | null }>(
    `select id, batch_id as batch, attempt, result->>'token' as token from job
     where status = 'completed' and batch_id = any($1::uuid[])`,
    [[...seeds.keys()]],
  );
  for (const row of rows) {
    const granted = simulation.granted.get(row.id);
    if (!granted) wrong.push(name(row.batch, `${row.id} completed and was never claimed`));
    else if (granted.attempt !== row.attempt) wrong.push(name(row.batch, `${row.id} is at an attempt nobody holds`));
    else if (granted.token !== row.token) wrong.push(name(row.batch, `${row.id} was ended by a stale attempt`));
  }
  return wrong;
}
