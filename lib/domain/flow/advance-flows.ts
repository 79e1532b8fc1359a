import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { DECIDED, finishFlows, lockFlows, type Settled, settleNodes } from './settle-nodes';

interface DecidedParent {
  flow_id: string;
  /** null if the whole flow has ended */
  parent_id: string | null;
}

const ENDED = sql`not exists (select from job c where c.flow_id = f.id and c.outcome is null)`;

/**
 * After nodes of flows have ended: starts the parents that waited for them, ends those that a failure ends, and ends the
 * flows without open nodes. It reads first, so outcomes that decide no parent take no lock. Idempotent: the call after
 * the last commit finds everything.
 * @param jobIds nodes whose rows have ended
 */
export async function advanceFlows(jobIds: string[], flowIds: string[]): Promise<Settled> {
  const { rows } = await pool().query<DecidedParent>(
    sql`select p.flow_id, p.id as parent_id from job p
       where p.id in (select parent_job_id from job where id = any(${jobIds}::uuid[]) and outcome is not null)
         and p.status = 'waiting-children' and ${DECIDED}
     union all
     select f.id, null from flow f where f.id = any(${flowIds}::uuid[]) and f.finished_at is null and ${ENDED}`,
  );
  return settle(rows);
}

/** Flows that one round of the sweep advances. */
const LIMIT = 500;

/** The same for all flows. The sweep calls it, because a process may have died before it advanced its flows. */
export async function advanceAllFlows(): Promise<Settled> {
  const { rows } = await pool().query<DecidedParent>(
    sql`(select p.flow_id, p.id as parent_id from flow f join job p on p.flow_id = f.id and p.outcome is null
       where f.finished_at is null and p.status = 'waiting-children' and ${DECIDED} limit ${LIMIT})
     union all
     (select f.id, null from flow f where f.finished_at is null and ${ENDED} limit ${LIMIT})`,
  );
  return settle(rows);
}

const nothing = (): Settled => ({ changes: [], deliver: [], finished: [] });

async function settle(due: DecidedParent[]): Promise<Settled> {
  if (due.length === 0) return nothing();
  return retrying(() =>
    transaction(async (tx) => {
      const flowIds = await lockFlows(
        tx.db,
        due.map((d) => d.flow_id),
      );
      const settled = await settleNodes(
        tx.db,
        due.flatMap((d) => d.parent_id ?? []),
      );
      settled.finished = await finishFlows(tx.db, flowIds);
      tx.afterCommit(() => deliverJobs(settled.deliver));
      return settled;
    }),
  );
}
