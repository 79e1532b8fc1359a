import { expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext } from '@/lib/testing/factories';
import { cleanUpJobs } from './clean-up-jobs';
import { createJob } from './create-job';
import { listJobs } from './list-jobs';

async function ended(context: Context, status: string, days: number, type = 'diagnostic'): Promise<string> {
  const { job } = await createJob(context, { type: 'diagnostic', data: {} });
  await pool().query(
    `update job set status = $2, type = $4, finished_at = now() - make_interval(days => $3) where id = $1`,
    [job.id, status, days, type],
  );
  await pool().query(
    `insert into job_log (job_id, attempt, at, level, message) values ($1, 1, now(), 'info', 'a line')`,
    [job.id],
  );
  return job.id;
}

const ids = async (context: Context) => (await listJobs(context, { limit: 100 })).jobs.map((j) => j.id).sort();

it('deletes jobs that ended long ago with their logs, in its organization only', async () => {
  const [context, foreign] = [await createContext(), await createContext()];
  const old = await ended(context, 'completed', 30);
  const recent = await ended(context, 'completed', 1);
  const theirs = await ended(foreign, 'completed', 30);
  const { job: open } = await createJob(context, { type: 'diagnostic', data: {} });
  expect(await cleanUpJobs(context, { olderThanDays: 7 })).toEqual({ deleted: 1, more: false });
  expect(await ids(context)).toEqual([recent, open.id].sort());
  expect(await ids(foreign)).toEqual([theirs]);
  const { rows } = await pool().query('select 1 from job_log where job_id = $1', [old]);
  expect(rows).toEqual([]);
  const { rows: audit } = await pool().query(
    `select after from audit where organization_id = $1 and action = 'job.clean-up'`,
    [context.organizationId],
  );
  expect(audit).toMatchObject([{ after: { deleted: 1 } }]);
});

it('deletes only the given states and type', async () => {
  const context = await createContext();
  const failed = await ended(context, 'failed', 30);
  const other = await ended(context, 'completed', 30, 'document-processing');
  await ended(context, 'completed', 30);
  expect(await cleanUpJobs(context, { olderThanDays: 7, status: ['completed'], type: 'diagnostic' })).toMatchObject({
    deleted: 1,
  });
  expect(await ids(context)).toEqual([failed, other].sort());
});

it('is limited to administrators', async () => {
  const context = await createContext();
  await expect(cleanUpJobs(asMember(context), { olderThanDays: 0 })).rejects.toMatchObject({ code: 'forbidden' });
});
