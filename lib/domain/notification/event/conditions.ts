import type { MessageData } from '@/lib/contracts/notification-events';
import type { RuleDto } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { countOpenJobs, type OpenJobs } from '@/lib/domain/attention/queues';
import { systemContext } from '@/lib/domain/context';
import { listStuckBatches } from '@/lib/domain/doctor/list-stuck-batches';
import { problemOf } from '@/lib/domain/schedule/problem';
import { batchCondition } from './match-query';

/** Types of events that are looked for, because no statement makes them true. */
export const WATCHED = [
  'batch.stuck',
  'batch.failure-rate',
  'capacity.waiting',
  'worker.none',
  'dead-letters.growing',
] as const;
export type WatchedType = (typeof WATCHED)[number];

/** Batches that one rule reports at a time. */
const MOST = 200;

/** A condition that holds now. */
export interface Condition {
  /** what it is about, within its type */
  subject: string;
  ownerId: string | null;
  data: MessageData;
}

/** Returns what holds now, of a type that a rule asks for. */
export async function findConditions(
  organizationId: string,
  type: Exclude<WatchedType, 'dead-letters.growing'>,
  rule: RuleDto,
): Promise<Condition[]> {
  if (type === 'batch.stuck') return findStuck(organizationId, rule.stuckMinutes);
  if (type === 'batch.failure-rate') return findFailing(organizationId, rule);
  return type === 'capacity.waiting'
    ? findWaiting(organizationId, rule.waitingMinutes)
    : findUnserved(organizationId, rule.query);
}

async function findStuck(organizationId: string, minutes: number): Promise<Condition[]> {
  const before = Date.now() - minutes * 60_000;
  const stuck = await listStuckBatches(systemContext(organizationId));
  return stuck
    .filter(({ since }) => Date.parse(since) <= before)
    .map(({ batchId, name, type, status, total, open, since, reasons }) => ({
      subject: batchId,
      ownerId: batchId,
      data: {
        ...{ batchId, name, jobType: type, status, total, open, since },
        why: reasons.map(({ message }) => message).join(' '),
      },
    }));
}

interface BatchRow {
  id: string;
  name: string;
  type: string;
  status: string;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  run: number;
  since: Date | null;
}

const COLUMNS = sql`b.id, b.name, b.type, b.status, b.total, b.completed, b.failed, b.cancelled, b.run, b.queued_at as since`;

const toCondition = ({ id, type, since, ...counts }: BatchRow): Condition => ({
  subject: id,
  ownerId: id,
  data: { batchId: id, jobType: type, ...counts, ...(since ? { since: since.toISOString() } : {}) },
});

/** Each run of a batch is reported for itself. */
export const failureSubject = (batchId: string, run: number): string => `${batchId}:${run}`;

async function findFailing(organizationId: string, { failureRate, minFinished }: RuleDto): Promise<Condition[]> {
  const { rows } = await pool().query<BatchRow>(
    sql`select ${COLUMNS} from batch b where b.organization_id = ${organizationId} and b.status = 'in-progress'
     and b.completed + b.failed >= ${minFinished}::int and b.failed >= ${failureRate}::float8 * (b.completed + b.failed)
     order by b.id limit ${MOST}`,
  );
  return rows.map((row) => ({ ...toCondition(row), subject: failureSubject(row.id, row.run) }));
}

async function findWaiting(organizationId: string, minutes: number): Promise<Condition[]> {
  const { rows } = await pool().query<BatchRow>(
    sql`select ${COLUMNS} from batch b where b.organization_id = ${organizationId} and b.status in ('pending', 'in-progress') and not b.paused
     and b.queued_at < now() - make_interval(secs => ${minutes}::float8 * 60) order by b.queued_at limit ${MOST}`,
  );
  return rows.map(toCondition);
}

/**
 * Types whose jobs wait while no worker runs them, each for itself. Of workers of other BullMQ clients nothing is known.
 * @param query of the rule: only batches that match it count
 */
async function findUnserved(organizationId: string, query: string | null): Promise<Condition[]> {
  const openJobs = query
    ? await countMatching(organizationId, query)
    : await countOpenJobs(systemContext(organizationId));
  const found: Condition[] = [];
  for (const [jobType, count] of openJobs) {
    const why = await problemOf(pool(), [jobType]);
    if (why !== null) found.push({ subject: jobType, ownerId: null, data: { jobType, types: [jobType], count, why } });
  }
  return found;
}

async function countMatching(organizationId: string, query: string): Promise<OpenJobs> {
  const matches = await batchCondition(pool(), organizationId, query);
  if (!matches) return new Map();
  const { rows } = await pool().query<{ type: string; open: number }>(
    sql`select b.type, sum(b.total - b.completed - b.failed - b.cancelled)::float8 as open from batch b
     where b.status in ('pending', 'in-progress') and not b.paused and (b.status = 'in-progress' or b.queued_at is not null) and ${matches}
     group by b.type having sum(b.total - b.completed - b.failed - b.cancelled) > 0 order by b.type`,
  );
  return new Map(rows.map(({ type, open }) => [type, open]));
}
