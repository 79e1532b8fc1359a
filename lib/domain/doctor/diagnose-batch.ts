import { isRedisAway } from '@/lib/config/redis';
import type { DiagnosisDto, Finding } from '@/lib/contracts/doctor';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { type Context, requirePermission } from '@/lib/domain/context';
import { NODE_LOST_SECONDS } from '@/lib/domain/worker/live-nodes';
import type { JobType } from '@/lib/job-types/catalogue';
import { findMissing, listPaused } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { pausedMessage, queuesOf } from './paused-queues';

/** The maximum number of rows that are searched in the queue. */
const LOOKED_UP = 2000;

interface Counted {
  status: string;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  warned: number;
  rows: number;
  rows_completed: number;
  rows_failed: number;
  rows_cancelled: number;
  rows_warned: number;
  costs_differ: boolean;
  open: number;
  held_by_dead: number;
  workers: number;
  sealed: boolean;
  announced: number | null;
  seals_at: Date | null;
}

/**
 * Diagnoses a batch: compares its counters with its rows, and its enqueued rows with the queue, and finds rows that
 * dead processes hold. It changes nothing.
 * @throws DomainError `not-found`
 */
export async function diagnoseBatch(context: Context, batchId: string): Promise<DiagnosisDto> {
  requirePermission(context, 'batch.see');
  const batch = await loadBatch(context, batchId);
  const { rows } = await pool().query<Counted>(countRows(batchId));
  const seen = rows[0];
  const findings = seen ? compareWithRows(seen) : [];
  // Consumers drop the deliveries of a batch without a slot. They are created again when it gets one.
  if (batch.holdsSlot) {
    findings.push(...(await askQueue(batchId, seen?.open ?? 0)));
  }
  return { batchId, findings };
}

/** Checks the queue itself. An unavailable queue is a finding too. */
async function askQueue(batchId: string, open: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const missing = await findLost(batchId);
    if (missing.length > 0) {
      findings.push({
        code: 'lost-in-queue',
        message: `${missing.length} items were enqueued and are missing from the queue.`,
        count: missing.length,
        repairable: true,
      });
    }
    const paused = await listPaused(await queuesOf(batchId));
    if (paused.length > 0) {
      findings.push({ code: 'queue-paused', message: pausedMessage(paused), count: open, repairable: true });
    }
  } catch (error) {
    if (!isRedisAway(error)) throw error;
    findings.push({
      code: 'queue-away',
      message: 'The queue can’t be reached. Open items wait, and continue automatically when it is back.',
      count: open,
      repairable: false,
    });
  }
  return findings;
}

const countRows = (batchId: string): Sql => sql`
  select b.status, b.sealed, b.announced, b.seals_at, b.total, b.completed, b.failed, b.cancelled, b.warned, count(j.id)::int as rows,
    count(*) filter (where j.outcome = 'completed')::int as rows_completed,
    count(*) filter (where j.outcome = 'failed')::int as rows_failed,
    count(*) filter (where j.outcome = 'cancelled')::int as rows_cancelled,
    count(*) filter (where j.outcome is not null and j.warnings is not null)::int as rows_warned,
    (sum(j.cost_tokens), sum(j.cost_usd)) is distinct from (b.cost_tokens::numeric, b.cost_usd) as costs_differ,
    count(*) filter (where j.id is not null and j.outcome is null)::int as open,
    count(*) filter (where j.status = 'active' and (c.id is null or c.ended_at is not null
      or n.last_seen_at < now() - make_interval(secs => ${NODE_LOST_SECONDS})))::int as held_by_dead,
    (select coalesce(sum(processes), 0)::int from node where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS})) as workers
  from batch b left join job j on j.batch_id = b.id
    left join consumer c on c.id = j.consumer_id left join node n on n.id = c.node_id
  where b.id = ${batchId} group by b.id`;

function compareWithRows(c: Counted): Finding[] {
  const findings: Finding[] = [];
  const finished = c.status !== 'pending' && c.status !== 'in-progress';
  const differs =
    c.rows !== c.total ||
    c.rows_completed !== c.completed ||
    c.rows_failed !== c.failed ||
    c.rows_cancelled !== c.cancelled ||
    c.rows_warned !== c.warned ||
    c.costs_differ;
  if (differs) {
    findings.push({
      code: 'counters-differ',
      message:
        `The counters say ${c.completed} completed, ${c.failed} failed, ${c.cancelled} cancelled of ${c.total}; ` +
        `the rows say ${c.rows_completed}, ${c.rows_failed}, ${c.rows_cancelled} of ${c.rows}.${
          c.rows_warned === c.warned ? '' : ` With warnings: ${c.warned} counted, ${c.rows_warned} rows.`
        }${c.costs_differ ? ' The costs of the rows have another sum.' : ''}`,
      count: Math.abs(c.rows - c.open - c.completed - c.failed - c.cancelled),
      repairable: true,
    });
  }
  if (!finished && !c.sealed && c.open === 0) {
    findings.push({
      code: 'never-sealed',
      message: waiting(c),
      count: Math.max(0, (c.announced ?? 0) - c.rows),
      repairable: false,
    });
  }
  if (c.sealed && c.announced !== null && c.rows < c.announced) {
    findings.push({
      code: 'fewer-than-announced',
      message: `${c.announced} items were announced, ${c.rows} came before it was sealed.`,
      count: c.announced - c.rows,
      repairable: false,
    });
  }
  if (!finished && c.sealed && c.open === 0 && c.rows > 0) {
    findings.push({
      code: 'not-finished',
      message: 'Nothing is open, yet the batch has not finished.',
      count: 0,
      repairable: true,
    });
  }
  if (finished && c.open > 0) {
    findings.push({
      code: 'finished-early',
      message: `The batch has finished, but ${c.open} items are open.`,
      count: c.open,
      repairable: true,
    });
  }
  if (c.held_by_dead > 0) {
    findings.push({
      code: 'holder-gone',
      message: `${c.held_by_dead} items are held by worker processes that are gone.`,
      count: c.held_by_dead,
      repairable: true,
    });
  }
  if (c.status === 'in-progress' && c.workers === 0) {
    findings.push({
      code: 'no-workers',
      message: 'No worker process is alive. Start the workers; the batch continues automatically.',
      count: 0,
      repairable: false,
    });
  }
  return findings;
}

/** Returns what an open batch without open items waits for, and until when. */
function waiting({ rows, announced, seals_at: sealsAt }: Counted): string {
  const came =
    announced === null
      ? `Everything in it has ended, but it was never sealed: it still waits for further items.`
      : `${rows} of ${announced} announced items have come, and all of them have ended.`;
  return sealsAt ? `${came} It is sealed automatically at ${sealsAt.toISOString()} unless more come.` : came;
}

/** Finds waiting rows that were enqueued and are no longer in the queue. */
export async function findLost(batchId: string): Promise<{ id: string; delivery: number }[]> {
  const { rows } = await pool().query<{ id: string; type: JobType; delivery: number; quarantined: boolean }>(
    sql`select j.id, j.type, j.delivery, j.quarantined from job j join batch_dispatch d on d.batch_id = j.batch_id
     where j.batch_id = ${batchId} and j.outcome is null and j.item_index <= d.reach and j.status in ('pending', 'delayed')
       and coalesce(j.seq, j.item_index + 1) <= d.cursor and j.consumer_id is null
     order by j.item_index limit ${LOOKED_UP}`,
  );
  const queueOf = (row: (typeof rows)[number]) => (row.quarantined ? QUARANTINE_QUEUE : row.type);
  const missing = await Promise.all(
    [...new Set(rows.map(queueOf))].map((name) =>
      findMissing(
        name,
        rows.filter((row) => queueOf(row) === name),
      ),
    ),
  );
  const lost = new Set(missing.flat());
  return rows.filter((r) => lost.has(r.id));
}
