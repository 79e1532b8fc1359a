import type { JobError } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { stringifyJson } from '@/lib/contracts/json';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { hintChanges } from '@/lib/events/relay';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';

/**
 * Looks at the data of an adopted job before its first run: what fits its type is kept as the type reads it, what
 * does not fails the row.
 * @returns what is wrong, or undefined
 */
export async function checkAdopted(jobId: string): Promise<string | undefined> {
  const { rows } = await pool().query<{ type: JobType; data: unknown; flow_id: string | null }>(
    sql`select type, data, flow_id from job where id = ${jobId} and attempt = 0 and status in ('pending', 'delayed')`,
  );
  const [row] = rows;
  if (!row) return undefined;
  const definition = definitionOf(row.type);
  const parsed = checkInput(row.type, row.data);
  if (parsed.success && !definition.internal) {
    await pool().query(
      sql`update job set data = ${stringifyJson(parsed.data)} where id = ${jobId} and attempt = 0 and status in ('pending', 'delayed')`,
    );
    return undefined;
  }
  const issues = parsed.success ? [] : toIssues(parsed.error, ['data']).slice(0, 5);
  const told = parsed.success
    ? `Jobs of type ${row.type} are made by the product itself.`
    : `The data does not fit ${row.type}: ${issues.map((i) => `${i.path} ${i.message}`).join('; ')}`;
  const error: JobError = { message: told.replaceAll('\u0000', '\uFFFD').slice(0, 4000), code: 'invalid-input' };
  await failBefore(jobId, error);
  return error.message;
}

/** Fails the row of an adopted job that has not begun. @returns whether it did */
async function failBefore(jobId: string, error: JobError): Promise<boolean> {
  const { rows } = await pool().query<{ flow_id: string | null }>(
    sql`update job set status = 'failed', finished_at = clock_timestamp(), run_at = null, error = ${stringifyJson(error)}
     where id = ${jobId} and attempt = 0 and status in ('pending', 'delayed') returning flow_id`,
  );
  if (!rows[0]) return false;
  const flows = rows[0].flow_id ? [rows[0].flow_id] : [];
  if (flows.length > 0) await advanceFlows([jobId], flows);
  await hintChanges({ jobs: [{ jobId, batchId: null, flowId: flows[0] ?? null, status: 'failed' }], flows });
  return true;
}

const KILLS = 'Every worker process that took it died before it could begin.';

/**
 * For a job that other clients brought and whose workers died again and again before its row could begin, or be made:
 * no row counts those deaths, so the queue's own count does. @returns why it failed, or undefined where its row began
 */
export async function failAsKilling(jobId: string | undefined): Promise<string | undefined> {
  if (jobId === undefined) return KILLS;
  return (await failBefore(jobId, { message: KILLS, code: 'worker-crashed' })) ? KILLS : undefined;
}

/** What became of a row, for the client that waits for its queue's answer. */
export async function readOutcome(
  jobId: string,
): Promise<{ status: JobStatus; result: unknown; error: JobError | null } | undefined> {
  const { rows } = await pool().query<{ status: JobStatus; result: unknown; error: JobError | null }>(
    sql`select status, result, error from job where id = ${jobId}`,
  );
  return rows[0];
}
