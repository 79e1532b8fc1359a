import type { MessageData } from '@/lib/contracts/notification-events';
import type { RuleDto } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { systemContext } from '@/lib/domain/context';
import { listStuckBatches } from '@/lib/domain/doctor/list-stuck-batches';
import { problemOf } from '@/lib/domain/schedule/problem';

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
  return type === 'capacity.waiting' ? findWaiting(organizationId, rule.waitingMinutes) : findUnserved(organizationId);
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
  since: Date | null;
}

const COLUMNS = sql`b.id, b.name, b.type, b.status, b.total, b.completed, b.failed, b.cancelled, b.queued_at as since`;

const toCondition = ({ id, type, since, ...counts }: BatchRow): Condition => ({
  subject: id,
  ownerId: id,
  data: { batchId: id, jobType: type, ...counts, ...(since ? { since: since.toISOString() } : {}) },
});

async function findFailing(organizationId: string, { failureRate, minFinished }: RuleDto): Promise<Condition[]> {
  const { rows } = await pool().query<BatchRow>(
    sql`select ${COLUMNS} from batch b where b.organization_id = ${organizationId} and b.status = 'in-progress'
     and b.completed + b.failed >= ${minFinished}::int and b.failed >= ${failureRate}::float8 * (b.completed + b.failed)
     order by b.id limit ${MOST}`,
  );
  return rows.map(toCondition);
}

async function findWaiting(organizationId: string, minutes: number): Promise<Condition[]> {
  const { rows } = await pool().query<BatchRow>(
    sql`select ${COLUMNS} from batch b where b.organization_id = ${organizationId} and b.status in ('pending', 'in-progress') and not b.paused
     and b.queued_at < now() - make_interval(secs => ${minutes}::float8 * 60) order by b.queued_at limit ${MOST}`,
  );
  return rows.map(toCondition);
}

/** Work that waits while no worker of this product runs. Of other BullMQ clients nothing is known. */
async function findUnserved(organizationId: string): Promise<Condition[]> {
  const { rows } = await pool().query<{ type: string; count: number }>(
    sql`select t.type, sum(t.open)::float8 as count from (
       select b.type, b.total - b.completed - b.failed - b.cancelled as open from batch b
       where b.organization_id = ${organizationId} and b.status = 'in-progress' and not b.paused
       union all
       select j.type, 1 from (select s.type from job s where s.organization_id = ${organizationId} and s.batch_id is null and s.outcome is null
         and s.status = 'pending' limit 1000) j) t
     where t.open > 0 group by t.type order by t.type`,
  );
  const types = rows.map(({ type }) => type);
  const problem = types.length === 0 ? null : await problemOf(pool(), types);
  if (problem === null) return [];
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  return [{ subject: '', ownerId: null, data: { types, count, why: problem } }];
}
