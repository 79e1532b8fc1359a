import { redisAway } from '@/lib/config/redis';
import type { CapacityDto } from '@/lib/contracts/system';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { listRunning, maxActiveBatches } from './slots';

/** Seconds without a heartbeat after which a supervisor counts as lost. */
export const NODE_LOST_SECONDS = 20;

/** Returns the running batches and the workers, over all machines. */
export async function getCapacity(): Promise<CapacityDto> {
  const [running, nodes] = await Promise.all([
    listRunning(pool()),
    pool().query<{
      id: number;
      host: string;
      processes: number;
      jobs_active: number;
      last_seen_at: Date;
      stopping: boolean;
    }>(
      sql`select id, host, processes, jobs_active, last_seen_at, stopping from node
       where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}) and processes > 0 order by id`,
    ),
  ]);
  return {
    runningBatches: running.map((b) => b.id),
    activeBatches: running.length,
    maxBatches: maxActiveBatches(),
    isShuttingDown: nodes.rows.length > 0 && nodes.rows.every((n) => n.stopping),
    workers: nodes.rows.map((n) => ({
      id: String(n.id),
      host: n.host,
      processes: n.processes,
      jobsActive: n.jobs_active,
      lastSeenAt: n.last_seen_at.toISOString(),
    })),
    queueAwaySince: redisAway()?.since.toISOString() ?? null,
  };
}
