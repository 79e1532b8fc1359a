import type { JobDto } from '@/lib/contracts/job';
import { must } from '@/lib/contracts/must';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { continueRun, requireReopenable } from '@/lib/domain/batch/continue-run';
import { reopenRows } from '@/lib/domain/batch/reopen-rows';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { retryNode } from '@/lib/domain/flow/retry-flow';
import { openDoor } from '@/lib/domain/redaction/door';
import { restore } from '@/lib/domain/redaction/restore';
import { publishChanges } from '@/lib/events/relay';
import { retryExternally } from '@/lib/interop/retry-external';
import type { JobType } from '@/lib/job-types/catalogue';
import { deliverJob } from './deliver-job';
import { loadJobs } from './get-job';
import { parseData } from './parse-data';
import { reopenSingles } from './reopen-singles';
import { replaceInputs } from './replace-inputs';
import { requireOwn } from './require-own';

/**
 * Reopens a failed or cancelled job, optionally with new data. The batch of a child counts it as open again.
 * @throws DomainError `not-found`, `forbidden`, `not-retryable`, `unique-key-in-use`, `invalid-data`
 */
export async function retryJob(context: Context, jobId: string, options: { data?: unknown } = {}): Promise<JobDto> {
  requirePermission(context, 'job.retry', 'retry a job');
  if (!isId(jobId)) throw notFound('job', jobId);
  const door = await openDoor(context);
  await retrying(() =>
    transaction(async (tx) => {
      const { db } = tx;
      const { rows } = await db.query<{
        type: JobType;
        status: JobStatus;
        batch_id: string | null;
        flow_id: string | null;
        correlation_id: string | null;
        data: unknown;
      }>(
        sql`select type, status, batch_id, flow_id, correlation_id,
           case when ${options.data !== undefined} then data end as data from job where id = ${jobId} and organization_id = ${context.organizationId}`,
      );
      const row = rows[0];
      if (!row) throw notFound('job', jobId);
      await requireOwn(db, context, sql`j.id = ${jobId}::uuid`, 'retry a job');
      // The slots' lock comes before the locks of rows: its holder may be waiting for this row (deadlock).
      const reopening = row.batch_id ? await requireReopenable(tx, context, row.batch_id) : 'open';
      if (options.data !== undefined) {
        const data = parseData(row.type, await restore(door, options.data, row.data, 'data'));
        await replaceInputs(db, context.organizationId, row.batch_id, [{ id: jobId, data }]);
      }
      const reopened = row.batch_id
        ? await reopenChild()
        : row.flow_id
          ? await retryNode(tx, row.flow_id, jobId)
          : await reopenSingle();
      if (reopened === 0) {
        throw new DomainError(
          'not-retryable',
          `This job is ${row.status}; only a failed or cancelled job can be retried.`,
        );
      }
      await retryExternally(tx, sql`j.id = ${jobId}`);
      const edited = options.data !== undefined;
      const change = edited ? { before: { payload: row.data }, after: { edited, payload: options.data } } : {};
      await audit(db, context, 'job.retry', { kind: 'job', id: jobId }, change);
      tx.afterCommit(() =>
        publishChanges({ jobs: [{ jobId, batchId: row.batch_id, flowId: row.flow_id, status: 'pending' }] }),
      );

      async function reopenChild(): Promise<number> {
        const batchId = must(row?.batch_id, 'The batch of a child');
        const counts = await reopenRows(db, batchId, sql`id = ${jobId}::uuid`);
        if (counts.failed + counts.cancelled > 0) await continueRun(tx, batchId, reopening);
        return counts.failed + counts.cancelled;
      }

      async function reopenSingle(): Promise<number> {
        const reopened = await reopenSingles(db, sql`j.id = ${jobId}::uuid`);
        tx.afterCommit(() => deliverJob(jobId, row?.correlation_id ?? null));
        return reopened.length;
      }
    }),
  );
  const [job] = await loadJobs(context, [jobId]);
  if (!job) throw notFound('job', jobId);
  return job;
}
