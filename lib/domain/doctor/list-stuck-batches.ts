import type { StuckBatchDto, Suspicion } from '@/lib/contracts/doctor';
import type { BatchStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { mayTakeSlot, shareOf } from '@/lib/domain/capacity/fair-share';
import { readSlots } from '@/lib/domain/capacity/read-slots';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { NODE_LOST_SECONDS, TYPES_WITHOUT_WORKER } from '@/lib/domain/worker/live-nodes';
import { listPausedQueues, pausedMessage } from './paused-queues';

/** Seconds without a started or finished item after which a batch is examined. */
export const QUIET_SECONDS = 60;
/** Seconds after the last new child after which an unsealed batch is reported. */
export const UNSEALED_SECONDS = 10 * 60;
/** The maximum number of batches in the result. */
const MOST = 100;

interface Seen {
  id: string;
  name: string;
  type: string;
  status: BatchStatus;
  total: number;
  open: number;
  sealed: boolean;
  stuck_since: Date;
  cancelling: boolean;
  queued: boolean;
  may_move: boolean;
  quiet: boolean;
  unsealed_late: boolean;
  held: number;
  held_by_dead: number;
  workers: number;
}

/**
 * Lists the organization's stuck batches with the reasons, longest first: no progress, items held by dead processes, or
 * never sealed. It is cheap because it reads no finished children; `diagnoseBatch` examines one batch closely. Paused,
 * scheduled and rate-limited batches and long-running items count as healthy.
 * @param pausedQueues where the caller knows them already
 */
export async function listStuckBatches(context: Context, pausedQueues?: readonly string[]): Promise<StuckBatchDto[]> {
  requirePermission(context, 'batch.see');
  const { rows } = await pool().query<Seen>(unfinished(context));
  const slots = await readSlots(pool());
  const hasRoom = mayTakeSlot(slots, shareOf(slots, context.organizationId)) === 'yes';
  const paused = new Set(pausedQueues ?? (await listPausedQueues()).map(({ queue }) => queue));
  const door = await openDoor(context);
  return rows
    .map((row) => ({
      batchId: row.id,
      name: door.label(row.name),
      type: row.type,
      status: row.status,
      total: row.total,
      open: row.open,
      since: row.stuck_since.toISOString(),
      reasons: reasonsOf(row, paused, hasRoom),
    }))
    .filter((batch) => batch.reasons.length > 0)
    .sort((a, b) => a.since.localeCompare(b.since))
    .slice(0, MOST);
}

/** The batch released its slot, and neither a wake-up time nor a place in the start queue will get it another one. */
const FORGOTTEN = sql`(b.wakes_at is null and b.queued_at is null and b.sealed)`;

const unfinished = ({ organizationId }: Context): Sql => sql`
  with alive as (select id, processes from node where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}))
  select b.id, b.name, b.type, b.status, b.total, b.sealed, b.cancel_mode is not null as cancelling,
    b.total - b.completed - b.failed - b.cancelled as open,
    coalesce(greatest(b.started_at, b.rate_at, b.not_before, b.queued_at, f.began_at), b.created_at) as stuck_since,
    b.queued_at is not null and not b.paused and b.type <> all (${TYPES_WITHOUT_WORKER}) as queued,
    not b.paused and (not b.slot_freed or ${FORGOTTEN}) and (b.not_before is null or b.not_before < now()) and (d.next_slot is null or d.next_slot < now())
      and f.due_later = 0 as may_move,
    coalesce(greatest(b.started_at, b.rate_at, b.not_before, b.queued_at, f.began_at), b.created_at)
      < now() - make_interval(secs => ${QUIET_SECONDS}) as quiet,
    not b.sealed and coalesce(l.created_at, b.created_at) < now() - make_interval(secs => ${UNSEALED_SECONDS}) as unsealed_late,
    f.held, f.held_by_dead, (select coalesce(sum(processes), 0)::int from alive) as workers
  from batch b left join batch_dispatch d on d.batch_id = b.id
    cross join lateral (
      select max(j.started_at) filter (where j.status = 'active') as began_at,
        count(*) filter (where j.status = 'delayed' and j.run_at > now())::int as due_later,
        count(*) filter (where j.status = 'active' and c.ended_at is null and n.id is not null)::int as held,
        count(*) filter (where j.status = 'active' and (c.ended_at is not null or n.id is null))::int as held_by_dead
      from job j left join consumer c on c.id = j.consumer_id left join alive n on n.id = c.node_id
      where b.status = 'in-progress' and j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach) f
    left join lateral (
      select j.created_at from job j where not b.sealed and j.batch_id = b.id order by j.item_index desc limit 1) l on true
  where b.organization_id = ${organizationId}
    and (b.status = 'in-progress' or (b.status = 'pending' and (b.queued_at is not null or not b.sealed)))`;

function reasonsOf(seen: Seen, pausedQueues: Set<string>, hasRoom: boolean): Suspicion[] {
  const reasons: Suspicion[] = [];
  const running = seen.status === 'in-progress';
  const counted = (n: number) => (n === 1 ? '1 item' : `${n.toLocaleString('en-US')} items`);
  if (seen.unsealed_late) {
    reasons.push({
      code: 'never-sealed',
      message:
        seen.open === 0
          ? 'Everything in it has ended, but it was never closed: it still waits for further items.'
          : 'It was never closed: it still waits for further items, and none has come for a while.',
    });
  }
  if (running && seen.sealed && seen.open === 0 && seen.quiet) {
    reasons.push({ code: 'not-finished', message: 'Nothing of it is open, yet it has not finished.' });
  }
  if (running && seen.held_by_dead > 0) {
    reasons.push({
      code: 'holder-gone',
      message: `${counted(seen.held_by_dead)} ${seen.held_by_dead === 1 ? 'is' : 'are'} held by worker processes that are gone.`,
    });
  }
  if (running && seen.open > 0 && seen.may_move && pausedQueues.has(seen.type)) {
    reasons.push({ code: 'queue-paused', message: pausedMessage([seen.type]) });
  } else if (running && seen.open > 0 && seen.quiet && seen.may_move && seen.workers === 0) {
    reasons.push({
      code: 'no-workers',
      message: 'No worker process is alive. Start one; the batch continues automatically.',
    });
  } else if (running && seen.open > 0 && seen.quiet && seen.may_move && seen.held === 0) {
    reasons.push({
      code: 'nothing-moves',
      message: `${counted(seen.open)} ${seen.open === 1 ? 'is' : 'are'} open and no worker process has one in hand${seen.cancelling ? ', though it was cancelled' : ''}.`,
    });
  }
  if (seen.queued && seen.open > 0 && seen.quiet && hasRoom && seen.workers > 0) {
    reasons.push({ code: 'not-started', message: 'It waits for capacity, though a slot is free.' });
  }
  return reasons;
}
