import { pool } from '@/lib/db/pool';
import { findMiscounted } from '@/lib/testing/history-oracle';
import { findBroken } from '@/lib/testing/oracle';
import { describe } from './schedule';
import type { Simulation } from './simulation';

/** Returns the violated invariants at rest; empty when there are none. */
export async function verify(simulation: Simulation): Promise<string[]> {
  const seeds = new Map(simulation.schedules.map((s) => [s.batchId, s.seed]));
  const name = (batchId: string, why: string) => `schedule ${seeds.get(batchId)}: ${why}`;
  const wrong = await Promise.all(
    simulation.running.map(async (s) => name(s.batchId, `it never came to an end: ${await describe(s.batchId)}`)),
  );
  wrong.push(...(await findBroken()).map((b) => name(b.batchId, b.why)));
  wrong.push(...(await findMiscounted()));
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
