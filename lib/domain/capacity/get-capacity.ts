import { redisAway } from '@/lib/config/redis';
import type { CapacityDto } from '@/lib/contracts/system';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, may, requirePermission } from '@/lib/domain/context';
import { EVERYWHERE, type Pause, readPauses } from '@/lib/domain/pause/paused';
import { NODE_LOST_SECONDS } from '@/lib/domain/worker/live-nodes';
import { canStartNow, type Slots, shareOf } from './fair-share';
import { readSlots } from './read-slots';
import { listRunning, type RunningBatch } from './slots';

/** The load of all machines and organizations. Only the product itself and system administrators see all of it. */
export interface Load extends Omit<CapacityDto, 'runningBatches' | 'canStart' | 'paused' | 'pause'> {
  running: RunningBatch[];
  slots: Slots;
  pauses: Pause[];
}

/** Reads the running batches and the workers, over all machines and organizations. */
export async function readLoad(): Promise<Load> {
  const [running, slots, pauses, types, nodes] = await Promise.all([
    listRunning(pool()),
    readSlots(pool()),
    readPauses(),
    pool().query<{ changed_at: string | null }>(sql`select max(changed_at)::text as changed_at from own_job_type`),
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
    running,
    slots,
    pauses,
    activeBatches: running.length,
    maxBatches: slots.max,
    isShuttingDown: nodes.rows.length > 0 && nodes.rows.every((n) => n.stopping),
    workers: nodes.rows.map((n) => ({
      id: String(n.id),
      host: n.host,
      processes: n.processes,
      jobsActive: n.jobs_active,
      lastSeenAt: n.last_seen_at.toISOString(),
    })),
    jobTypesChangedAt: types.rows[0]?.changed_at ?? null,
    queueAwaySince: redisAway()?.since.toISOString() ?? null,
  };
}

/** Returns what a caller sees of the load: batches of other organizations are counted, and not named. */
export function capacityFor({ running, slots, pauses, ...load }: Load, context: Context): CapacityDto {
  const { organizationId } = context;
  const shown = may(context, 'organization.see-all')
    ? running
    : running.filter((batch) => batch.organization_id === organizationId);
  return {
    runningBatches: shown.map((batch) => batch.id),
    ...load,
    canStart: canStartNow(slots, shareOf(slots, organizationId)),
    ...pauseOf(pauses, organizationId),
  };
}

/** The wider pause counts. Who paused all organizations belongs to another one, so it is not named. */
function pauseOf(pauses: Pause[], organizationId: string): Pick<CapacityDto, 'paused' | 'pause'> {
  const found =
    pauses.find(({ scope }) => scope === EVERYWHERE) ?? pauses.find(({ scope }) => scope === organizationId);
  if (!found) return { paused: false, pause: null };
  const everywhere = found.scope === EVERYWHERE;
  return { paused: true, pause: { since: found.since.toISOString(), by: everywhere ? null : found.by, everywhere } };
}

/** Returns the running batches that the caller may see, and the workers, over all machines. */
export async function getCapacity(context: Context): Promise<CapacityDto> {
  requirePermission(context, 'capacity.see');
  return capacityFor(await readLoad(), context);
}
