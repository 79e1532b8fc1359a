import { redisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { pausedMessage } from '@/lib/domain/doctor/paused-queues';
import type { Workforce } from '@/lib/domain/schedule/problem';
import { EXTERNAL_TYPES, isExternalType, isJobType } from '@/lib/job-types/catalogue';
import { counted, type Found, listLink } from './item';

/** Minutes after which a job of an external type is listed if no worker of such jobs has taken one. */
export const UNTAKEN_MINUTES = 10;
/** Open single jobs that are searched for those of external types, oldest first. */
const EXAMINED = 5000;

/** The open jobs of a type that are not held back: of batches that run or wait for a slot, single ones, and nodes of flows. */
export type OpenJobs = ReadonlyMap<string, number>;

/** Counts open jobs by type from counters, so it reads no job. */
export async function countOpenJobs({ organizationId }: Context): Promise<OpenJobs> {
  const { rows } = await pool().query<{ type: string; open: number }>(
    sql`select type, sum(total - completed - failed - cancelled)::float8 as open from (
       select type, total, completed, failed, cancelled from batch
       where organization_id = ${organizationId} and status in ('pending', 'in-progress') and not paused
         and (status = 'in-progress' or queued_at is not null)
       union all
       select type, total, completed, failed, cancelled from job_tally where organization_id = ${organizationId}) parts
     group by type having sum(total - completed - failed - cancelled) > 0 order by type`,
  );
  return new Map(rows.map(({ type, open }) => [type, open]));
}

/** The queue backend while it is away. */
export function findQueueAway(openJobs: OpenJobs): Found[] {
  const away = redisAway();
  if (!away) return [];
  const waiting = [...openJobs.values()].reduce((sum, n) => sum + n, 0);
  return [
    {
      id: 'queue-away',
      kind: 'queue-away',
      severity: 'critical',
      since: away.since,
      count: waiting,
      text: `The queue can’t be reached. Launches are accepted; ${counted(waiting, 'open job waits', 'open jobs wait')} and will continue automatically.`,
      link: listLink('jobs', 'status:pending,active,delayed'),
      actions: [],
    },
  ];
}

/** Queues that another BullMQ client or a board paused. */
export const findPausedQueues = (queues: readonly string[], openJobs: OpenJobs): Found[] =>
  queues.map((queue) => {
    const open = openJobs.get(queue) ?? 0;
    return {
      id: `queue-paused:${queue}`,
      kind: 'queue-paused',
      severity: open > 0 ? 'critical' : 'warning',
      since: null,
      count: open,
      text: `${pausedMessage([queue])} ${counted(open, 'open job waits', 'open jobs wait')} here.`,
      link: listLink('jobs', `type:${queue} status:pending,active,delayed`),
      actions: [
        {
          label: 'Resume the queue',
          method: 'POST',
          path: '/api/doctor/resume',
          body: { queue },
          permission: 'queue.resume',
        },
      ],
    };
  });

/** Types with open jobs that no worker runs. */
export async function findWithoutWorker(
  context: Context,
  openJobs: OpenJobs,
  { works, missing }: Workforce,
): Promise<Found[]> {
  const [lastSeen, untaken] = await Promise.all([
    works ? null : readLastSeen(),
    EXTERNAL_TYPES.some((type) => openJobs.has(type)) ? findUntaken(context) : new Map<string, Date | null>(),
  ]);
  return [...openJobs].flatMap(([type, open]): Found[] => {
    const waiting = counted(open, 'open job waits', 'open jobs wait');
    if (missing.includes(type)) {
      return [
        itemOf(type, open, null, `No running worker has the type ${type}: ${waiting}, and will go on when one has.`),
      ];
    }
    if (!isJobType(type)) return [itemOf(type, open, null, `There is no job type ${type} any more: ${waiting}.`)];
    if (isExternalType(type)) {
      const since = untaken.get(type);
      if (!since) return [];
      const text = `No worker has taken a job of type ${type} for ${UNTAKEN_MINUTES} minutes. ${counted(open, 'of them is', 'of them are')} open.`;
      return [itemOf(type, open, since, text)];
    }
    return works ? [] : [itemOf(type, open, lastSeen, `No worker runs jobs of type ${type}: ${waiting}.`)];
  });
}

const itemOf = (type: string, open: number, since: Date | null, text: string): Found => ({
  id: `no-worker:${type}`,
  kind: 'no-worker',
  severity: 'critical',
  since,
  count: open,
  text,
  link: listLink('jobs', `type:${type} status:pending,active,delayed`),
  actions: [],
});

async function readLastSeen(): Promise<Date | null> {
  const { rows } = await pool().query<{ at: Date | null }>(sql`select max(last_seen_at) as at from node`);
  return rows[0]?.at ?? null;
}

/** Since when jobs of external types wait, where none of their type is running. */
async function findUntaken({ organizationId }: Context): Promise<Map<string, Date | null>> {
  const { rows } = await pool().query<{ type: string; since: Date | null }>(
    sql`select type, min(created_at) filter (where status = 'pending') as since from (
       select organization_id, type, status, created_at from job where batch_id is null and outcome is null
       order by id limit ${EXAMINED}) j
     where organization_id = ${organizationId} and type = any(${EXTERNAL_TYPES}::text[])
     group by type having count(*) filter (where status = 'active') = 0
       and min(created_at) filter (where status = 'pending') < now() - make_interval(mins => ${UNTAKEN_MINUTES})`,
  );
  return new Map(rows.map(({ type, since }) => [type, since]));
}
