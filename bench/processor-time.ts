import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

/** Processor time of this process and of its database sessions, in milliseconds. */
export async function processorTime(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where backend_type = 'client backend'",
  );
  const ticks = await Promise.all(
    rows.map(async ({ pid }) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + ticks.reduce((sum, each) => sum + each, 0) * 10;
}
