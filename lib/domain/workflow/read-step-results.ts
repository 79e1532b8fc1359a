import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

export interface StepResult {
  depth: number;
  outcome: 'completed' | 'failed' | 'cancelled' | null;
  result: unknown;
  error: { message?: string; code?: string } | null;
}

/** Maximum size of all results that a workflow keeps in memory, in characters. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * Reads the outcomes of the jobs of a step's flow, the root first, then its children in order; null if they are too
 * large.
 */
export async function readStepResults(context: Context, flowId: string): Promise<StepResult[] | null> {
  const { rows: sizes } = await pool().query<{ size: number | null }>(
    sql`select sum(length(result::text)) as size from job where flow_id = ${flowId} and organization_id = ${context.organizationId}`,
  );
  if ((sizes[0]?.size ?? 0) > MAX_CHARACTERS) return null;
  const { rows } = await pool().query<StepResult>(
    sql`select n.depth, j.outcome, j.result, j.error from job j join flow_node n on n.job_id = j.id
     where j.flow_id = ${flowId} and j.organization_id = ${context.organizationId} order by n.place`,
  );
  return rows;
}
