import type { JobDto } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { whenNotPrefetched } from '@/lib/domain/batch/prefetched';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { cancelTogether } from './cancel-together';
import { loadJobs } from './get-job';
import { requireOwn } from './require-own';

interface JobParents {
  batch_id: string | null;
  flow_id: string | null;
}

/**
 * Cancels a job. A waiting job never starts. A running job gets the abort signal and may still complete; with `force` it
 * is cancelled even if it ignores the signal. It is safe to call it twice.
 * @throws DomainError `not-found`, `forbidden`, `already-finished`
 */
export async function cancelJob(
  context: Context,
  jobId: string,
  options: { force?: boolean | undefined } = {},
): Promise<JobDto> {
  requirePermission(context, 'job.cancel', 'cancel a job');
  if (!isId(jobId)) throw notFound('job', jobId);
  const mode = options.force ? 'force' : 'graceful';
  await whenNotPrefetched(({ last }) =>
    retrying(() => transaction((tx) => cancel(tx, context, jobId, { mode, closePrefetched: last }))),
  );
  const [job] = await loadJobs(context, [jobId]);
  if (!job) throw notFound('job', jobId);
  return job;
}

async function cancel(
  tx: Transaction,
  context: Context,
  jobId: string,
  options: { mode: 'force' | 'graceful'; closePrefetched: boolean },
): Promise<'done' | 'prefetched'> {
  const { db } = tx;
  const found = await db.query<JobParents>(
    sql`select batch_id, flow_id from job where id = ${jobId} and organization_id = ${context.organizationId}`,
  );
  const [row] = found.rows;
  if (!row) throw notFound('job', jobId);
  await requireOwn(db, context, sql`j.id = ${jobId}::uuid`, 'cancel a job');
  const job = { ids: [jobId], batchId: row.batch_id, flowId: row.flow_id };
  const cancelled = await cancelTogether(tx, job, options);
  if (cancelled === 'prefetched') return 'prefetched';
  const [ended] = cancelled.ended;
  if (ended) throw new DomainError('already-finished', `This job is already ${ended.status}.`);
  if (cancelled.closed.length + cancelled.asked.length === 0) throw notFound('job', jobId);
  await audit(db, context, 'job.cancel', { kind: 'job', id: jobId }, { after: { mode: options.mode } });
  return 'done';
}
