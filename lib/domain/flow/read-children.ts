import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type OutsideChildren, readOutsideChildren } from '@/lib/interop/external-job';
import type { JobType } from '@/lib/job-types/catalogue';
import { RetryLaterError } from '@/lib/job-types/failures';

/** Readers for a parent's processor: results and states of its children. Each call reads the rows again. */
export interface Children {
  /** results of the children that completed, by job id, in their order */
  childrenValues(): Promise<Record<string, unknown>>;
  /** why children failed or were cancelled that did not stop this job (`ignore`, `continue-parent`), by job id */
  ignoredChildrenFailures(): Promise<Record<string, string>>;
  /** ids of children that have not ended: only a parent that did not wait for all has any */
  dependencies(): Promise<string[]>;
  dependenciesCount(): Promise<number>;
}

interface ChildRow {
  id: string;
  name: string | null;
  result: unknown;
  error: { message?: string } | null;
  status: string;
}

async function children(jobId: string, which: Sql): Promise<ChildRow[]> {
  const { rows } = await pool().query<ChildRow>(
    sql`select c.id, c.name, c.result, c.error, c.status from job c join flow_node n on n.job_id = c.id
     where c.parent_job_id = ${jobId} and ${which} order by n.child_index`,
  );
  return rows;
}

const NONE: OutsideChildren = { values: {}, failures: {}, open: [] };
const POLL_MS = 5000;

/**
 * Reads the children that an external client added to queues which are not ours: they have no row, and their queue
 * stores the results. @throws RetryLaterError while one of them has not ended, because its result must not be missing
 */
async function outside(jobId: string): Promise<OutsideChildren> {
  const { rows } = await pool().query<{ queue: JobType; id: string }>(
    sql`select queue, queue_job_id as id from adopted where job_id = ${jobId} and outside_children`,
  );
  const children = rows[0] ? await readOutsideChildren(rows[0].queue, rows[0].id) : NONE;
  if (children.open.length > 0) throw new RetryLaterError(`It waits for ${children.open.join(', ')}.`, POLL_MS);
  return children;
}

/** Returns readers for the children of a job. Outside of flows it has none, unless an external client added some. */
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
