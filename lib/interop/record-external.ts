import type { JobProgress } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { SUSPENDED } from '@/lib/domain/capacity/slots';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import type { Settled } from '@/lib/domain/flow/settle-nodes';
import { type Outcome, type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { recordProgress } from '@/lib/domain/job/record-progress';
import { traceElsewhere } from '@/lib/domain/monitoring/trace-elsewhere';
import { trackUpdates } from '@/lib/domain/monitoring/track';
import { isPaused } from '@/lib/domain/pause/paused';
import type { ExternalDelivery } from './external-deliveries';

/** A row whose attempt an external worker runs. */
interface ExternalAttempt {
  id: string;
  batch_id: string | null;
  flow_id: string | null;
  attempt: number;
}

/** Rows that no consumer of ours holds: waiting, or active in an external worker. */
const NOT_OURS = sql`(j.status in ('pending', 'delayed') or (j.status = 'active' and j.consumer_id is null))`;

/**
 * Claims rows for external workers: active, without a consumer. Each call raises the fencing token, so if two supervisors
 * do it at once, the later one records the outcome.
 */
async function claimForExternal(seen: ExternalDelivery[]): Promise<Map<string, ExternalAttempt>> {
  const { rows } = await retrying(() =>
    pool().query<ExternalAttempt>(
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

/** Changes to publish for screens. */
export interface ExternalChanges extends Recorded {
  flows: string[];
  settled: Settled | undefined;
}

/** Records outcomes of external workers: once for each row, however often a delivery is read. */
export async function recordExternal(seen: ExternalDelivery[]): Promise<ExternalChanges> {
  const taken = await claimForExternal(seen);
  const outcomes = seen.flatMap((s): Outcome[] => {
    const row = taken.get(s.rowId);
    if (!row) return [];
    const base = { id: row.id, batchId: row.batch_id, flowId: row.flow_id, attempt: row.attempt };
    if (s.state === 'completed') return [{ ...base, kind: 'completed', result: s.result, progress: progressOf(s) }];
    return [{ ...base, kind: 'failed', error: { message: s.failure || 'It failed.', code: 'external-failure' } }];
  });
  return record(outcomes);
}

async function record(outcomes: Outcome[]): Promise<ExternalChanges> {
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

/** Marks rows as active that external workers run, and stores their progress. @returns the rows that became active */
export async function markActive(seen: ExternalDelivery[]): Promise<{ id: string; batchId: string | null }[]> {
  if (seen.length === 0) return [];
  const { rows: known } = await pool().query<{ id: string; attempt: number; status: string }>(
    sql`select id, attempt, status from job where id = any(${seen.map((s) => s.rowId)}::uuid[])`,
  );
  const byId = new Map(known.map((k) => [k.id, k]));
  const fresh = seen.filter((s) => ['pending', 'delayed'].includes(byId.get(s.rowId)?.status ?? ''));
  const taken = fresh.length > 0 ? await claimForExternal(fresh) : new Map<string, ExternalAttempt>();
  const updates = seen.flatMap((s) => {
    const progress = progressOf(s);
    const attempt = taken.get(s.rowId)?.attempt ?? byId.get(s.rowId)?.attempt;
    return progress && attempt !== undefined ? [{ id: s.rowId, attempt, progress }] : [];
  });
  if (updates.length > 0) await recordProgress(updates);
  return [...taken.values()].map((t) => ({ id: t.id, batchId: t.batch_id }));
}

/** Converts BullMQ's progress: a number is a percentage, `{ current, total, message }` stays, other values are ignored. */
function progressOf({ progress }: ExternalDelivery): JobProgress | undefined {
  if (typeof progress === 'number' && progress > 0) return { current: progress, total: 100, message: null };
  if (typeof progress !== 'object' || progress === null) return undefined;
  const { current, total, message } = progress as Record<string, unknown>;
  if (typeof current !== 'number' || typeof total !== 'number') return undefined;
  return { current, total, message: typeof message === 'string' ? message.slice(0, 500) : null };
}

/**
 * Returns those of the rows that no worker should start: they have ended, are deleted, or their batch or everything is
 * paused. What is due later stays in the queue, because a resume delivers again only what is due.
 */
export async function listUnwanted(ids: string[]): Promise<Set<string>> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select i.id from unnest(${ids}::uuid[]) as i(id) left join job j on j.id = i.id
     left join batch b on b.id = j.batch_id
     where j.id is null or j.outcome is not null or b.cancel_mode is not null
       or ${SUSPENDED} or (${isPaused(sql`j.organization_id`)} and (j.run_at is null or j.run_at <= now()))`,
  );
  return new Set(rows.map((r) => r.id));
}

/** A row that an external worker runs, according to the database. */
export interface ActiveElsewhere extends ExternalAttempt {
  delivery: number;
  /** it was cancelled by force. External workers can't be aborted, so only the row ends */
  force: boolean;
}

/** Lists rows that external workers run for a while, or that a forced cancel must end. The caller checks the queue. */
export async function listActiveElsewhere(type: string, limit: number): Promise<ActiveElsewhere[]> {
  const { rows } = await pool().query<ActiveElsewhere>(
    sql`select j.id, j.batch_id, j.flow_id, j.delivery, j.attempt,
       coalesce(j.cancel_mode = 'force' or b.cancel_mode = 'force', false) as force
     from in_flight j left join batch b on b.id = j.batch_id
     where j.type = ${type} and j.status = 'active' and j.consumer_id is null
       and (j.started_at < now() - interval '15 seconds' or j.cancel_mode = 'force' or b.cancel_mode = 'force') limit ${limit}`,
  );
  return rows;
}

/** Ends rows that were cancelled by force. A later outcome of their worker changes nothing. */
export const recordForcedCancels = (rows: ActiveElsewhere[]): Promise<ExternalChanges> =>
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

/** Requeues rows whose delivery the queue has lost. @returns the ids of those that were requeued */
export async function requeueLost(rows: { id: string; attempt: number }[]): Promise<string[]> {
  const { rows: back } = await pool().query<{ id: string }>(
    sql`update job j set status = 'pending', started_at = null, delivery = greatest(j.attempt, j.delivery + 1)
     from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.attempt)}::int[]) as h(id, attempt)
     where j.id = h.id and j.attempt = h.attempt and j.status = 'active' and j.consumer_id is null returning j.id`,
  );
  return back.map((r) => r.id);
}
