import { pool } from '@/lib/db';

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
  outcome: string;
}

async function children(jobId: string, which: string): Promise<Row[]> {
  const { rows } = await pool().query<Row>(
    `select c.id, c.name, c.result, c.error, c.outcome from job c join flow_node n on n.job_id = c.id
     where c.parent_job_id = $1 and ${which} order by n.child_index`,
    [jobId],
  );
  return rows;
}

/** The children of a job; one that is not a node of a flow has none. */
export function childrenOf(jobId: string, flowId: string | null): Children {
  const read = (which: string) => (flowId ? children(jobId, which) : Promise.resolve([]));
  const open = async () => (await read('c.outcome is null')).map((c) => c.id);
  return {
    async childrenValues() {
      return Object.fromEntries((await read(`c.outcome = 'completed'`)).map((c) => [c.id, c.result]));
    },
    async ignoredChildrenFailures() {
      const failed = await read(`c.outcome in ('failed', 'cancelled') and n.policy in ('ignore', 'continue-parent')`);
      return Object.fromEntries(failed.map((c) => [c.id, c.error?.message ?? c.outcome]));
    },
    dependencies: open,
    async dependenciesCount() {
      return (await open()).length;
    },
  };
}
