import type { JobError } from '@/lib/contracts/errors';
import { toIssues } from '@/lib/contracts/issues';
import { stringifyJson } from '@/lib/contracts/json';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { clientContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { retryJob } from '@/lib/domain/job/retry-job';
import { hasSearchable, indexJobs } from '@/lib/domain/query/search-keys';
import { hintChanges } from '@/lib/events/relay';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';
import type { ExternalJobKey } from './external-job';

/**
 * Checks the data of an adopted job before its first attempt. Valid data is stored as the type's schema returns it;
 * a row with invalid data fails.
 * @returns the validation error, or undefined
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
    if (hasSearchable([row.type])) await indexJobs(pool(), sql`j.id = ${jobId}::uuid`);
    return undefined;
  }
  const issues = parsed.success ? [] : toIssues(parsed.error, ['data']).slice(0, 5);
  const reason = parsed.success
    ? `Jobs of type ${row.type} are made by the product itself.`
    : `The data does not fit ${row.type}: ${issues.map((i) => `${i.path} ${i.message}`).join('; ')}`;
  const error: JobError = { message: reason.replaceAll('\u0000', '\uFFFD').slice(0, 4000), code: 'invalid-input' };
  await failBeforeFirstAttempt(jobId, error);
  return error.message;
}

/** Fails the row of an adopted job that has not started. @returns whether it did */
async function failBeforeFirstAttempt(jobId: string, error: JobError): Promise<boolean> {
  const { rows } = await pool().query<{ flow_id: string | null }>(
    sql`with closed as (update job set status = 'failed', finished_at = clock_timestamp(), run_at = null, error = ${stringifyJson(error)}
     where id = ${jobId} and attempt = 0 and status in ('pending', 'delayed')
     returning flow_id, organization_id, type, status), history as (${RECORD_CLOSED})
     select flow_id from closed`,
  );
  if (!rows[0]) return false;
  const flows = rows[0].flow_id ? [rows[0].flow_id] : [];
  if (flows.length > 0) await advanceFlows([jobId], flows);
  await hintChanges({ jobs: [{ jobId, batchId: null, flowId: flows[0] ?? null, status: 'failed' }], flows });
  return true;
}

const POISON = 'Every worker process that took it died before it could begin.';

/**
 * Fails an external poison job: its workers died several times before its row could start, or be made. No row counts
 * those deaths, so BullMQ's own count of stalls decides.
 * @returns why it failed, or undefined if its row has started
 */
export async function failPoisonJob(jobId: string | undefined): Promise<string | undefined> {
  if (jobId === undefined) return POISON;
  return (await failBeforeFirstAttempt(jobId, { message: POISON, code: 'worker-crashed' })) ? POISON : undefined;
}

/** Reads how a row ended, for the client that waits for the result in its queue. */
export async function readOutcome(
  jobId: string,
): Promise<{ status: JobStatus; result: unknown; error: JobError | null } | undefined> {
  const { rows } = await pool().query<{ status: JobStatus; result: unknown; error: JobError | null }>(
    sql`select status, result, error from job where id = ${jobId}`,
  );
  return rows[0];
}

/** Stores that the outcome of a row is being reported to the queue of its external job. */
export async function markReported(job: ExternalJobKey, stalls: number): Promise<void> {
  await retrying(() =>
    pool().query(
      sql`update adopted set answered_stalls = ${stalls} where queue = ${job.queue} and queue_job_id = ${job.id} and added_at = ${job.addedAt}`,
    ),
  );
}

/**
 * Retries the row of an external job that is delivered again after its outcome was reported: its client asked for a
 * retry. If the job only stalled (its outcome was not acknowledged), or was never reported, the row stays as it is.
 */
export async function retryAsClientAsked(job: ExternalJobKey, stalls: number): Promise<void> {
  const { rows } = await pool().query<{ id: string; organization_id: string }>(
    sql`select j.id, j.organization_id from adopted a join job j on j.id = a.job_id
     where a.queue = ${job.queue} and a.queue_job_id = ${job.id} and a.added_at = ${job.addedAt} and a.answered_stalls >= ${stalls}
       and j.outcome in ('failed', 'cancelled')`,
  );
  const [row] = rows;
  if (!row) return;
  try {
    await retryJob(clientContext(row.organization_id), row.id);
  } catch (error) {
    // It was retried at the same moment, or its flow is being cancelled: the row already has the right state.
    if (!(error instanceof DomainError)) throw error;
  }
}
