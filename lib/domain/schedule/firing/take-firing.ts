import type { Overlap } from '@/lib/contracts/firing';
import type { CatchUp } from '@/lib/contracts/schedule';
import type { ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { type Sql, sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import type { Open } from './launch-lanes';

/**
 * A firing that was decided on in time was missed if no supervisor lived for so long before it was launched, in seconds.
 * While one lives, launches only wait for each other.
 */
export const ACCEPTED_SECONDS = 60;
/** How long one launch may take; after that another process may repeat it, which finds what the first one launched. */
const MAX_LAUNCH_MINUTES = 30;

export interface FiringToLaunch {
  scheduleId: string;
  dueAt: Date;
  kind: string;
  overlap: Overlap;
  /** meanwhile no supervisor was there for a long time */
  stale: boolean;
  organizationId: string;
  name: string;
  launch: ScheduledLaunch;
  catchUp: CatchUp;
  /** its items come from a file, so the launch may take minutes */
  long: boolean;
}

/** SQL condition: the items of schedule `s` come from a file, and not from its row. */
const IS_LONG = sql`(s.kind = 'batch' and s.summary ->> 'count' is null)`;

/** SQL condition: since firing `f` was decided on, there was always a supervisor, but for a short time. */
const WATCHED = sql`coalesce((select range_agg(tstzrange(n.started_at, n.last_seen_at + make_interval(secs => ${sql.literal(ACCEPTED_SECONDS)}), '[]'))
    from node n where n.last_seen_at >= f.decided_at - make_interval(secs => ${sql.literal(ACCEPTED_SECONDS)}))
  @> tstzrange(f.decided_at + make_interval(secs => ${sql.literal(ACCEPTED_SECONDS)}), now(), '[]'), false)`;

/** Locks the next firing that waits for no earlier one. What the clock decided goes before the rest. */
export async function takeFiring(tx: Transaction, which: Sql, open: Open): Promise<FiringToLaunch | undefined> {
  const free = sql`(${which}) and ${isOpen(open)}`;
  const { served } = open;
  return (
    (await takeFirst(tx, sql`f.kind = 'clock' and ${free}`, served)) ??
    takeFirst(tx, sql`f.kind <> 'clock' and ${free}`, served)
  );
}

/** SQL condition: this process has room for the launch. */
function isOpen({ withoutShort, withoutLong }: Open): Sql {
  const short = sql`(not ${IS_LONG} and s.organization_id <> all(${withoutShort}::text[]))`;
  return withoutLong === null
    ? short
    : sql`(${short} or (${IS_LONG} and s.organization_id <> all(${withoutLong}::text[])))`;
}

/** SQL condition: firing `f` waits for no earlier one of its schedule. */
const WAITS_FOR_NONE = sql`(f.overlap <> 'queue' or not exists (
    select from schedule_firing g where g.schedule_id = f.schedule_id and ((g.status = 'launched' and g.outcome is null)
      or (g.status = 'queued' and g.due_at < f.due_at))))
  and (f.overlap <> 'replace' or not exists (
    select from schedule_firing g where g.schedule_id = f.schedule_id and g.status = 'queued' and g.due_at < f.due_at
      and g.overlap <> 'queue'))`;

async function takeFirst(
  { db }: Transaction,
  which: Sql,
  served: readonly string[],
): Promise<FiringToLaunch | undefined> {
  const { rows } = await db.query<FiringToLaunch>(
    sql`select f.schedule_id as "scheduleId", f.due_at as "dueAt", f.kind, f.overlap, ${IS_LONG} as long,
       case when f.kind = 'clock' and f.overlap <> 'queue' and f.decided_at < now() - make_interval(secs => ${ACCEPTED_SECONDS})
         then not ${WATCHED} else false end as stale,
       s.organization_id as "organizationId", s.name, s.launch, s.catch_up as "catchUp"
     from schedule_firing f join schedule s on s.id = f.schedule_id
     where f.status = 'queued' and (f.retry_at is null or f.retry_at <= now()) and (${which}) and ${WAITS_FOR_NONE}
     order by s.organization_id = any(${served}::text[]), f.decided_at, f.due_at limit 1 for update of f skip locked`,
  );
  const [firing] = rows;
  // A long file is read meanwhile. If this process is suspended, the key still keeps the launch single.
  if (firing)
    await db.query(sql`select set_config('idle_in_transaction_session_timeout', ${`${MAX_LAUNCH_MINUTES}min`}, true)`);
  return firing;
}

/**
 * A firing that waits for runs and one that replaces them are not launched at the same time, because neither sees the run
 * of the other before it is committed.
 * @returns whether the firing may be launched now
 */
export async function excludeOthers(
  { db }: Transaction,
  { scheduleId, dueAt, overlap }: FiringToLaunch,
): Promise<boolean> {
  if (overlap !== 'queue' && overlap !== 'replace') return true;
  const { rows } = await db.query<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended('schedule_firing:' || ${scheduleId}::text, 0)) as locked`,
  );
  if (!rows[0]?.locked) return false;
  // Another launch may have been committed before the lock was free.
  const { rowCount } = await db.query(
    sql`select from schedule_firing f where f.schedule_id = ${scheduleId} and f.due_at = ${dueAt} and ${WAITS_FOR_NONE}`,
  );
  return rowCount === 1;
}
