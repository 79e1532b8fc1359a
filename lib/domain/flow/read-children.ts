import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type OutsideChildren, readOutsideChildren } from '@/lib/interop/external-job';
import type { JobType } from '@/lib/job-types/catalogue';
import { RetryLaterError } from '@/lib/job-types/failures';

/** What a parent's processor asks of its children. All of it comes from rows, and each call reads anew. */
export interface Children {
  /** results of the children that completed, by job id, in their order */
  childrenValues(): Promise<Record<string, unknown>>;
  /** why children failed or were cancelled that did not hold this job back (`ignore`, `continue-parent`), by job id */
  ignoredChildrenFailures(): Promise<Record<string, string>>;
  /** ids of children that have not ended: only a parent that did not wait for all has any */
  dependencies(): Promise<string[]>;
  dependenciesCount(): Promise<number>;
}

interface Row {
  id: string;
  name: string | null;
  result: unknown;
  error: { message?: string } | null;
  status: string;
}

async function children(jobId: string, which: Sql): Promise<Row[]> {
  const { rows } = await pool().query<Row>(
    sql`select c.id, c.name, c.result, c.error, c.status from job c join flow_node n on n.job_id = c.id
     where c.parent_job_id = ${jobId} and ${which} order by n.child_index`,
  );
  return rows;
}

const NONE: OutsideChildren = { values: {}, failures: {}, open: [] };
const LOOK_AGAIN_MS = 5000;

/**
 * Children that another client put on queues which are not ours: they have no row, and their queue says what became of
 * them. @throws RetryLaterError while one of them has not ended: what it gives must not be missing
 */
async function outside(jobId: string): Promise<OutsideChildren> {
  const { rows } = await pool().query<{ queue: JobType; id: string }>(
    sql`select queue, queue_job_id as id from adopted where job_id = ${jobId} and outside_children`,
  );
  const children = rows[0] ? await readOutsideChildren(rows[0].queue, rows[0].id) : NONE;
  if (children.open.length > 0) throw new RetryLaterError(`It waits for ${children.open.join(', ')}.`, LOOK_AGAIN_MS);
  return children;
}

/** The children of a job; one that is not a node of a flow has none, unless another client gave it some. */
export function childrenOf(jobId: string, flowId: string | null): Children {
  const read = (which: Sql) => (flowId ? children(jobId, which) : Promise.resolve([]));
  const open = async () => (await read(sql`c.outcome is null`)).map((c) => c.id);
  return {
    async childrenValues() {
      const own = (await read(sql`c.outcome = 'completed'`)).map((c) => [c.id, c.result]);
      return { ...Object.fromEntries(own), ...(await outside(jobId)).values };
    },
    async ignoredChildrenFailures() {
      const failed = await read(
        sql`c.outcome in ('failed', 'cancelled') and n.policy in ('ignore', 'continue-parent')`,
      );
      const own = failed.map((c) => [c.id, c.error?.message ?? c.status]);
      return { ...Object.fromEntries(own), ...(await outside(jobId)).failures };
    },
    dependencies: open,
    async dependenciesCount() {
      return (await open()).length;
    },
  };
}
