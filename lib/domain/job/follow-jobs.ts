import type { JobProgress } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { HELD } from '@/lib/domain/capacity/slots';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import type { Settled } from '@/lib/domain/flow/settle-nodes';
import { traceElsewhere } from '@/lib/domain/monitoring/trace-elsewhere';
import { trackUpdates } from '@/lib/domain/monitoring/track';
import type { Followed } from '@/lib/queue/followed';
import { type Outcome, type Recorded, recordOutcomes } from './record-outcomes';
import { recordProgress } from './record-progress';

interface Taken {
  id: string;
  batch_id: string | null;
  flow_id: string | null;
  attempt: number;
}

/** Rows that no consumer of ours holds: waiting, or run by another client's worker. */
const NOT_OURS = sql`(j.status in ('pending', 'delayed') or (j.status = 'active' and j.consumer_id is null))`;

/**
 * Turns rows over to a worker that is not ours: active, without a consumer. Each call raises the fence, so of two
 * who follow at once the later one records.
 */
async function take(seen: Followed[]): Promise<Map<string, Taken>> {
  const { rows } = await retrying(() =>
    pool().query<Taken>(
      sql`update job j set status = 'active', attempt = j.attempt + 1, run_at = null, consumer_id = null,
         attempts_made = greatest(s.attempts - 1, 0),
         started_at = coalesce(j.started_at, to_timestamp(s.started_at / 1000), clock_timestamp())
       from unnest(${seen.map((s) => s.rowId)}::uuid[], ${seen.map((s) => s.startedAt)}::float8[], ${seen.map((s) => s.attempts)}::int[]) as s(id, started_at, attempts)
       where j.id = s.id and ${NOT_OURS}
       returning j.id, j.batch_id, j.flow_id, j.attempt`,
    ),
  );
  return new Map(rows.map((r) => [r.id, r]));
}

/** What following changed, for screens. */
export interface FollowedChanges extends Recorded {
  flows: string[];
  settled: Settled | undefined;
}

/** Records what other clients' workers have ended: each row once, whoever and however often it is seen. */
export async function recordFollowed(seen: Followed[]): Promise<FollowedChanges> {
  const taken = await take(seen);
  const outcomes = seen.flatMap((s): Outcome[] => {
    const row = taken.get(s.rowId);
    if (!row) return [];
    const base = { id: row.id, batchId: row.batch_id, flowId: row.flow_id, attempt: row.attempt };
    if (s.state === 'completed') return [{ ...base, kind: 'completed', result: s.result, progress: progressOf(s) }];
    return [{ ...base, kind: 'failed', error: { message: s.failure || 'It failed.', code: 'external-failure' } }];
  });
  return record(outcomes);
}

async function record(outcomes: Outcome[]): Promise<FollowedChanges> {
  const recorded = outcomes.length > 0 ? await recordOutcomes(outcomes) : { changed: [], batches: [] };
  trackUpdates(recorded.changed, recorded.batches);
  const ended = new Set(recorded.changed.map((c) => c.id));
  await traceElsewhere(outcomes.flatMap((o) => (ended.has(o.id) ? [{ ...o, outcome: o.kind }] : [])));
  const nodes = outcomes.filter((o) => o.flowId);
  const flows = [...new Set(nodes.flatMap((o) => o.flowId ?? []))];
  const settled =
    nodes.length > 0
      ? await advanceFlows(
          nodes.map((o) => o.id),
          flows,
        )
      : undefined;
  return { ...recorded, flows, settled };
}

/** Marks rows as running that other clients' workers have taken, and notes how far they are. */
export async function markFollowed(seen: Followed[]): Promise<{ id: string; batchId: string | null }[]> {
  if (seen.length === 0) return [];
  const { rows: known } = await pool().query<{ id: string; attempt: number; status: string }>(
    sql`select id, attempt, status from job where id = any(${seen.map((s) => s.rowId)}::uuid[])`,
  );
  const byId = new Map(known.map((k) => [k.id, k]));
  const fresh = seen.filter((s) => ['pending', 'delayed'].includes(byId.get(s.rowId)?.status ?? ''));
  const taken = fresh.length > 0 ? await take(fresh) : new Map<string, Taken>();
  const updates = seen.flatMap((s) => {
    const progress = progressOf(s);
    const attempt = taken.get(s.rowId)?.attempt ?? byId.get(s.rowId)?.attempt;
    return progress && attempt !== undefined ? [{ id: s.rowId, attempt, progress }] : [];
  });
  if (updates.length > 0) await recordProgress(updates);
  return [...taken.values()].map((t) => ({ id: t.id, batchId: t.batch_id }));
}

/** BullMQ's progress is a number, or whatever the worker likes; `{ current, total, message }` is taken as it is. */
function progressOf({ progress }: Followed): JobProgress | undefined {
  if (typeof progress === 'number' && progress > 0) return { current: progress, total: 100, message: null };
  if (typeof progress !== 'object' || progress === null) return undefined;
  const { current, total, message } = progress as Record<string, unknown>;
  if (typeof current !== 'number' || typeof total !== 'number') return undefined;
  return { current, total, message: typeof message === 'string' ? message.slice(0, 500) : null };
}

/** Of these rows, those that nobody should begin now: they have ended, are gone, or their batch is held back. */
export async function endedAmong(ids: string[]): Promise<Set<string>> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select i.id from unnest(${ids}::uuid[]) as i(id) left join job j on j.id = i.id
     left join batch b on b.id = j.batch_id
     where j.id is null or j.outcome is not null or b.cancel_mode is not null
       or ${HELD}`,
  );
  return new Set(rows.map((r) => r.id));
}

/** A row that another client's worker holds by the book. */
export interface HeldElsewhere extends Taken {
  delivery: number;
  /** it was cancelled by force; nobody can abort it there, so it ends here */
  force: boolean;
}

/** Rows held elsewhere for a while, or to be cancelled by force: whether the queue still knows them is to be seen. */
export async function listHeldElsewhere(type: string, limit: number): Promise<HeldElsewhere[]> {
  const { rows } = await pool().query<HeldElsewhere>(
    sql`select j.id, j.batch_id, j.flow_id, j.delivery, j.attempt,
       coalesce(j.cancel_mode = 'force' or b.cancel_mode = 'force', false) as force
     from in_flight j left join batch b on b.id = j.batch_id
     where j.type = ${type} and j.status = 'active' and j.consumer_id is null
       and (j.started_at < now() - interval '15 seconds' or j.cancel_mode = 'force' or b.cancel_mode = 'force') limit ${limit}`,
  );
  return rows;
}

/** Ends rows that were cancelled by force; what their worker may still say finds them ended. */
export const recordForced = (rows: HeldElsewhere[]): Promise<FollowedChanges> =>
  record(
    rows.map((r) => ({
      id: r.id,
      batchId: r.batch_id,
      flowId: r.flow_id,
      attempt: r.attempt,
      kind: 'cancelled',
      error: { message: 'Cancelled while it ran elsewhere.', code: 'cancelled' },
    })),
  );

/** Puts rows back in line whose delivery the queue has lost. @returns those that it put back */
export async function putBack(rows: { id: string; attempt: number }[]): Promise<string[]> {
  const { rows: back } = await pool().query<{ id: string }>(
    sql`update job j set status = 'pending', started_at = null, delivery = greatest(j.attempt, j.delivery + 1)
     from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.attempt)}::int[]) as h(id, attempt)
     where j.id = h.id and j.attempt = h.attempt and j.status = 'active' and j.consumer_id is null returning j.id`,
  );
  return back.map((r) => r.id);
}
