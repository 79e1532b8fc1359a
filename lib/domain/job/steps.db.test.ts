import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { getJob } from '@/lib/domain/job/get-job';
import { contentsOfOrganization } from '@/lib/domain/privacy/contents-of-organization';
import { expire } from '@/lib/domain/retention/expire';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { orphans } from '@/lib/testing/leftovers';
import { claimJobs } from './claim-jobs';
import { recordOutcomes } from './record-outcomes';
import { readSteps, rememberStep } from './steps';

beforeEach(truncateAll);

test('only the attempt that owns the job stores a step, and the first result stays', async () => {
  const context = await createContext();
  const { batchId, held } = await launchClaimed(context, 1, { maxAttempts: 3 });
  const jobId = held[0]?.id ?? '';
  expect(await rememberStep({ jobId, attempt: 1 }, 'a', '{"n":1.0}')).toBe('{"n":1.0}');
  expect(await rememberStep({ jobId, attempt: 1 }, 'a', '2')).toBe('{"n":1.0}');
  expect(await rememberStep({ jobId, attempt: 2 }, 'b', '1')).toBeUndefined();
  await recordOutcomes([{ id: jobId, batchId, attempt: 1, kind: 'retry', error: { message: 'x' } }]);
  expect(await rememberStep({ jobId, attempt: 1 }, 'b', '1')).toBeUndefined();
  await claimJobs({ consumerId: 1, quarantine: false }, [{ id: jobId, redelivered: false }]);
  expect(await rememberStep({ jobId, attempt: 1 }, 'b', '1')).toBeUndefined();
  expect(await rememberStep({ jobId, attempt: 2 }, 'b', '1')).toBe('1');
  expect(await readSteps(jobId)).toEqual(
    new Map([
      ['a', '{"n":1.0}'],
      ['b', '1'],
    ]),
  );
  expect((await getJob(context, jobId)).stepsRemembered).toBe(2);
});

test('a claim waits for a step that is just being stored, so that the next attempt sees it', async () => {
  const context = await createContext();
  const { batchId, held } = await launchClaimed(context, 1, { maxAttempts: 3 });
  const jobId = held[0]?.id ?? '';
  const client = await pool().connect();
  try {
    await client.query('begin');
    await client.query('select 1 from job where id = $1 for update', [jobId]);
    const late = rememberStep({ jobId, attempt: 1 }, 'a', '1');
    await client.query(`update job set attempt = 2 where id = $1`, [jobId]);
    await client.query('commit');
    expect(await late).toBeUndefined();
  } finally {
    client.release();
  }
  expect(await readSteps(jobId)).toEqual(new Map());
  await recordOutcomes([{ id: jobId, batchId, attempt: 2, kind: 'failed', error: { message: 'x' } }]);
});

test('steps are exported and deleted with their job', async () => {
  const context = await createContext();
  const { batchId, held } = await launchClaimed(context, 1, {});
  const jobId = held[0]?.id ?? '';
  await rememberStep({ jobId, attempt: 1 }, 'pay', '{"receipt":12345678901234567890}');
  await recordOutcomes([{ id: jobId, batchId, attempt: 1, kind: 'completed', result: null }]);
  let exported = '';
  for await (const { name, lines } of contentsOfOrganization(context.organizationId)) {
    if (name === `jobs/${batchId}.jsonl`) for await (const line of lines) exported += line;
  }
  expect(exported).toContain('"name" : "pay"');
  expect(exported).toContain('12345678901234567890');
  await pool().query(`update batch set finished_at = now() - interval '1 year'`);
  expect(await expire(10)).toBe(1);
  expect(await readSteps(jobId)).toEqual(new Map());
  expect(await orphans()).toEqual({});
});
