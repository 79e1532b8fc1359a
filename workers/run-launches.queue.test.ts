import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { type Context, systemContext } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { setLimits } from '@/lib/domain/organization/limits/limits';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { type OwnJobsRun, startOwnJobs } from '@/lib/testing/services/start-own-jobs';

// What a run launches, written as a user writes it, in a folder of jobs.

let context: Context;
let own: OwnJobsRun;

const LAUNCHES = `
import { defineJob } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  input: z.object({ how: z.string() }),
  defaults: { maxAttempts: 2, backoff: { type: 'fixed', delay: 0 } },
  async run({ data: { how }, attempt, enqueue, launch, secret }) {
    if (how === 'twice') await enqueue('diagnostic', {}).then(() => enqueue('diagnostic', {}));
    if (how === 'type') await enqueue('nobody', {});
    if (how === 'data') await enqueue('diagnostic', { durationMs: 'long' });
    if (how === 'items') await launch('diagnostic', [{}, { wrong: 1 }]);
    if (how === 'options') await enqueue('diagnostic', {}, { priority: -1 });
    if (how === 'key') await enqueue('diagnostic', {}, { key: '' });
    if (how === 'secret') await enqueue('diagnostic', { payload: await secret('LAUNCH_KEY') });
    const job = await enqueue('diagnostic', { payload: how }, { name: 'one', priority: 7 });
    const other = await enqueue('diagnostic', { payload: how }, { key: 'other' });
    if (how === 'kill' && attempt === 1) process.kill(process.pid, 'SIGKILL');
    const items = (async function* () { for (let i = 0; i < 20; i++) yield { payload: i }; })();
    const batch = await launch('diagnostic', items, { name: 'many', options: { concurrency: 5 } });
    if (how === 'again' && attempt === 1 || how === 'fail') throw new Error('later');
    return { jobs: [job.jobId, other.jobId], batch };
  },
});`;

beforeAll(async () => {
  context = await createContext();
  own = await startOwnJobs({ launches: LAUNCHES });
});

afterAll(() => own.stop());

const run = async (type: string, data: object) => {
  const { job } = await createJob(context, { type, data });
  return jobEnded(context, job.id);
};

/** What jobs of the organization launched: single jobs and batches. */
async function launched(correlationId: string | null): Promise<{ jobs: number; batches: number }> {
  const { rows } = await pool().query<{ jobs: number; batches: number }>(
    `select (select count(*)::int from job where correlation_id = $1 and type = 'diagnostic' and batch_id is null) as jobs,
       (select count(*)::int from batch where correlation_id = $1) as batches`,
    [correlationId],
  );
  return rows[0] ?? { jobs: 0, batches: 0 };
}

test.each(['once', 'again', 'kill'])(
  'what a run launches is launched once, however often it is attempted: %s',
  async (how) => {
    const job = await run('launches', { how });
    expect(job).toMatchObject({ status: 'completed', result: { batch: { count: 20 } } });
    const { jobs, batch } = job.result as { jobs: string[]; batch: { batchId: string } };
    expect(await jobEnded(context, jobs[0] ?? '')).toMatchObject({
      name: 'one',
      priority: 7,
      result: { payload: how },
      createdBy: 'a job of launches',
    });
    expect(await batchEnded(context, batch.batchId)).toMatchObject({
      name: 'many',
      completed: 20,
      options: { concurrency: 5 },
    });
    expect(await launched(job.correlationId)).toEqual({ jobs: 2, batches: 1 });
  },
);

test('a retry by hand launches nothing again, and one with another input launches anew', async () => {
  const { id, correlationId } = await run('launches', { how: 'fail' });
  await retryJob(context, id);
  await jobEnded(context, id);
  expect(await launched(correlationId)).toEqual({ jobs: 2, batches: 1 });
  await retryJob(context, id, { data: { how: 'return' } });
  expect(await jobEnded(context, id)).toMatchObject({ status: 'completed' });
  expect(await launched(correlationId)).toEqual({ jobs: 4, batches: 2 });
});

test.each([
  ['twice', 'duplicate-launch', /key diagnostic.*Give each its own/],
  ['type', 'unknown-job-type', /no job type "nobody"/],
  ['data', 'invalid-data', /data.durationMs/],
  ['items', 'invalid-items', /item 2 wrong/],
  ['options', 'invalid-request', /priority/],
  ['key', 'invalid-launch', /printable/],
  ['secret', 'secret-in-data', /contains the secret LAUNCH_KEY/],
])('a launch that can’t be made fails the job at once: %s', async (how, code, message) => {
  if (how === 'secret') {
    await createSecret(context, { name: 'LAUNCH_KEY', value: 'a-key-of-launches', hosts: ['*'], replace: false });
  }
  expect(await run('launches', { how })).toMatchObject({
    status: 'failed',
    attemptsMade: 1,
    error: { code, message: expect.stringMatching(message) },
  });
});

test('a launch obeys the limits of the organization', async () => {
  const limited = await createContext();
  await setLimits(systemContext(limited.organizationId), { limits: { jobTypes: ['launches'] } });
  const { job } = await createJob(limited, { type: 'launches', data: { how: 'once' } });
  expect(await jobEnded(limited, job.id)).toMatchObject({ status: 'failed', error: { code: 'forbidden' } });
});
