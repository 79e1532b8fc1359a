import type { FiringKind, FiringStatus, Overlap } from '@/lib/contracts/firing';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { problemOf } from '@/lib/domain/schedule/problem';
import { OUTCOME, settleFirings } from './settle-firings';

/** Firings of one schedule that wait for the end of earlier ones. */
export const MAX_QUEUED = 1000;

/** A run that has not ended for so long may wait for a worker, in seconds. */
const WAITS_SECONDS = 20;

/** A due time that is to be decided on. */
export interface Due {
  /** milliseconds since 1970 */
  at: number;
  kind: FiringKind;
}

/** A schedule whose row the transaction has locked. */
export interface LockedSchedule {
  id: string;
  types: string[];
}

interface Decided extends Due {
  status: FiringStatus;
  why: string | null;
}

/**
 * Decides which due times are launched, by what still runs and the overlap policy, and stores the decisions. The caller
 * holds the lock of the schedule's row, so that nobody decides at the same time.
 * @returns how many are to be launched
 */
export async function admitFirings(
  db: Queryable,
  schedule: LockedSchedule,
  dues: readonly Due[],
  overlap: Overlap,
): Promise<number> {
  if (dues.length === 0) return 0;
  await settleFirings(db, sql`f.schedule_id = ${schedule.id}`);
  // What a backfill still has to launch is no run that a due time of the clock would overlap.
  const before = await readOpen(db, schedule.id, overlap !== 'skip' || dues.some(({ kind }) => kind === 'backfill'));
  const problem = before.waitsLong ? await problemOf(db, schedule.types) : null;
  const state = { ...before, problem };
  const decided = dues.map((due): Decided => {
    const why = reasonToSkip(state, overlap);
    if (why === null) {
      state.open += 1;
      state.queued += 1;
      state.oldest ??= new Date(due.at);
    }
    return { ...due, status: why === null ? 'queued' : 'skipped', why };
  });
  if (overlap === 'replace') replaceEarlier(decided);
  const launches = decided.filter(({ status }) => status === 'queued').length;
  if (overlap === 'replace' && launches > 0) await dropQueued(db, schedule.id, 'A later firing replaced it.');
  await storeFirings(db, schedule.id, decided, overlap);
  return launches;
}

interface Open {
  /** runs that have not ended, and firings that are not launched yet */
  open: number;
  queued: number;
  /** due time of the oldest of them */
  oldest: Date | null;
  /** one of them for so long that a worker would have begun with it */
  waitsLong: boolean;
}

/** A run whose end another process is just recording is not open any more. */
async function readOpen(db: Queryable, scheduleId: string, withBackfill: boolean): Promise<Open> {
  const { rows } = await db.query<Open>(
    sql`select count(*)::int as open, (count(*) filter (where status = 'queued'))::int as queued, min(due_at) as oldest,
       coalesce(min(decided_at) < now() - make_interval(secs => ${WAITS_SECONDS}), false) as "waitsLong"
     from schedule_firing f where schedule_id = ${scheduleId}
       and ((status = 'queued' and (kind <> 'backfill' or ${withBackfill})) or (status = 'launched' and outcome is null and ${OUTCOME} is null))`,
  );
  return rows[0] ?? { open: 0, queued: 0, oldest: null, waitsLong: false };
}

function reasonToSkip(
  { open, queued, oldest, problem }: Open & { problem: string | null },
  overlap: Overlap,
): string | null {
  if (open === 0) return null;
  const earlier = oldest ? `The run of ${oldest.toISOString().slice(0, 19).replace('T', ' ')} UTC` : 'An earlier run';
  // One launch may wait for a worker. More of them would pile up.
  if (problem !== null) return `${problem} ${earlier} still waits.`;
  if (overlap === 'skip') return `${earlier} had not finished.`;
  if (overlap !== 'replace' && queued >= MAX_QUEUED) return `${MAX_QUEUED.toLocaleString('en')} firings wait already.`;
  return null;
}

/** Of firings that are decided together, each replaces the one before. */
function replaceEarlier(decided: Decided[]): void {
  const last = decided.findLastIndex(({ status }) => status === 'queued');
  for (const [i, each] of decided.entries()) {
    if (i < last && each.status === 'queued')
      Object.assign(each, { status: 'skipped', why: 'A later firing replaced it.' });
  }
}

/** Skips what waits to be launched. A firing that is being launched is locked, and goes on. */
export async function dropQueued(db: Queryable, scheduleId: string, why: string): Promise<void> {
  await db.query(
    sql`update schedule_firing f set status = 'skipped', why = ${why} from (
       select schedule_id, due_at from schedule_firing where schedule_id = ${scheduleId} and status = 'queued'
         and kind in ('clock', 'catch-up') for update skip locked) q
     where f.schedule_id = q.schedule_id and f.due_at = q.due_at`,
  );
}

/** What a backfill may launch although it was decided on before. */
const REPEATABLE: readonly FiringStatus[] = ['skipped', 'missed', 'failed'];

/** Stores decisions. A due time that was decided on before stays as it is, unless a backfill repeats it. */
export async function storeFirings(
  db: Queryable,
  scheduleId: string,
  decided: readonly { at: number; kind: FiringKind; status: FiringStatus; why: string | null }[],
  overlap: Overlap,
): Promise<void> {
  // What is just being launched must not be waited for: only a backfill looks at what it finds.
  const repeats = decided.some(({ kind }) => kind === 'backfill');
  const known = repeats
    ? sql`update set status = excluded.status, kind = excluded.kind, overlap = excluded.overlap, why = excluded.why,
         decided_at = now(), fired_at = null, outcome = null, tries = 0, retry_at = null
       where excluded.kind = 'backfill' and f.status = any(${REPEATABLE}::text[])`
    : sql`nothing`;
  await db.query(
    sql`insert into schedule_firing as f (schedule_id, due_at, status, kind, overlap, why)
     select ${scheduleId}::uuid, to_timestamp(d.at / 1000), d.status, d.kind, ${overlap}, d.why
     from unnest(${decided.map((d) => d.at)}::float8[], ${decided.map((d) => d.status)}::text[],
       ${decided.map((d) => d.kind)}::text[], ${decided.map((d) => d.why)}::text[]) as d (at, status, kind, why)
     on conflict (schedule_id, due_at) do ${known}`,
  );
}
