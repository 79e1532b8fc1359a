import { describe, expect, it } from 'vitest';
import type { Role } from '@/lib/contracts/permissions';
import type { RedactionDto } from '@/lib/contracts/redaction';
import { REDACTED } from '@/lib/contracts/redaction-paths';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { asMember, createContext, seedBatch } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { cancelBatch } from './batch/cancel-batch';
import { correctBatch } from './batch/corrections/correct-batch';
import { getBatch } from './batch/get-batch';
import { launchBatch } from './batch/launch-batch';
import { listBatchJobs } from './batch/list-batch-jobs';
import { registerChild } from './batch/register-child';
import type { Context } from './context';
import { cancelJob } from './job/cancel-job';
import { createJob } from './job/create-job';
import { getJob } from './job/get-job';
import { listJobs } from './job/list-jobs';
import { retryJob } from './job/retry-job';
import { getRedaction, setRedaction } from './redaction/redaction';

const FORBIDDEN = { code: 'forbidden' };

const withScopes = (context: Context, scopes: string[]): Context =>
  ({ ...context, actor: { ...context.actor, kind: 'key', scopes } }) as Context;

async function single(
  context: Context,
  status: string,
  { external = false, data = {} }: { external?: boolean; data?: object } = {},
) {
  const id = newId();
  await pool().query(
    `insert into job (id, organization_id, type, status, data, created_by, finished_at)
     values ($1, $2, 'diagnostic', $3, $4, $5, case when $3 in ('failed', 'completed') then now() end)`,
    [id, context.organizationId, status, JSON.stringify(data), external ? 'BullMQ' : 'Ana'],
  );
  if (external) {
    await pool().query(
      `insert into adopted (queue, queue_job_id, added_at, job_id) values ('diagnostic', $1::text, 1, $1::uuid)`,
      [id],
    );
  }
  return id;
}

describe('a role', () => {
  it('acts on what the organization launched, and what another client added needs an administrator', async () => {
    const owner = await createContext();
    const [own, external] = [await single(owner, 'pending'), await single(owner, 'pending', { external: true })];
    const failed = await single(owner, 'failed', { external: true });
    const operator = asMember(owner);
    await expect(cancelJob(operator, external)).rejects.toMatchObject(FORBIDDEN);
    await expect(retryJob(operator, failed)).rejects.toMatchObject(FORBIDDEN);
    expect(await cancelJob(operator, own)).toMatchObject({ status: 'cancelled' });
    expect(await cancelJob(asMember(owner, 'admin'), external)).toMatchObject({ status: 'cancelled' });
  });

  it('takes nothing of another client into a batch, with which it could be cancelled, without an administrator', async () => {
    const owner = await createContext();
    const operator = asMember(owner);
    const { result } = await launchBatch(operator, {
      fields: { name: 'open', type: 'diagnostic', start: 'manual', sealed: false },
      items: asItems([]),
    });
    const [own, external] = [await single(owner, 'pending'), await single(owner, 'pending', { external: true })];
    await expect(registerChild(operator, result.batchId, external)).rejects.toMatchObject(FORBIDDEN);
    expect(await registerChild(operator, result.batchId, own)).toMatchObject({ registered: true });
    expect(await registerChild(asMember(owner, 'admin'), result.batchId, external)).toMatchObject({ registered: true });
  });

  it('of a viewer sees and changes nothing', async () => {
    const owner = await createContext();
    const { batchId } = await seedBatch(owner, { statuses: ['pending'] });
    const viewer = asMember(owner, 'viewer');
    expect(await getBatch(viewer, batchId)).toMatchObject({ id: batchId });
    await expect(cancelBatch(viewer, batchId)).rejects.toMatchObject(FORBIDDEN);
    await expect(createJob(viewer, { type: 'diagnostic', data: {} })).rejects.toMatchObject({
      ...FORBIDDEN,
      message: 'Only an operator or a higher role may launch jobs. Your role is viewer.',
    });
  });

  it('is asked before anything else, also for what does not exist', async () => {
    const viewer = asMember(await createContext(), 'viewer');
    await expect(cancelBatch(viewer, 'no id')).rejects.toMatchObject(FORBIDDEN);
    await expect(createJob(viewer, { type: 'nonsense', data: {} })).rejects.toMatchObject(FORBIDDEN);
  });
});

it('a key with one scope gets the answer of what it may do, and nothing else', async () => {
  const owner = await createContext();
  const { batchId } = await seedBatch(owner, { statuses: ['pending'] });
  const key = withScopes(owner, ['batch.cancel']);
  expect(await cancelBatch(key, batchId)).toMatchObject({ id: batchId, cancelMode: 'graceful' });
  await expect(getBatch(key, batchId)).rejects.toMatchObject(FORBIDDEN);
});

describe('redaction rules', () => {
  const rules: RedactionDto = { paths: ['data.payload.email', 'result.email'], patterns: ['phone'] };
  const DATA = { payload: { email: 'ana@mail.example', note: 'call 030 1234567', n: 1 } };
  const world = async (role: Role = 'operator') => {
    const owner = await createContext();
    expect(await setRedaction(owner, { ...rules, paths: [...rules.paths, ...rules.paths] })).toEqual(rules);
    const { batchId, jobIds } = await seedBatch(owner, { statuses: ['failed', 'failed'], data: DATA });
    return { owner, batchId, jobId: jobIds[0] ?? '', member: asMember(owner, role) };
  };

  it('hide what they name in lists and single jobs from operators, and nothing from administrators', async () => {
    const { owner, batchId, jobId, member } = await world();
    const redacted = { payload: { email: REDACTED, note: `call ${REDACTED}`, n: 1 } };
    expect((await getJob(member, jobId)).data).toEqual(redacted);
    const { jobs } = await listBatchJobs(member, batchId, { limit: 10 });
    expect(jobs.map((job) => JSON.parse(job.dataPreview ?? ''))).toEqual([redacted, redacted]);
    for (const context of [owner, asMember(owner, 'admin')]) {
      expect((await getJob(context, jobId)).data).toEqual(DATA);
      expect((await listJobs(context, { limit: 10 })).jobs[0]?.dataPreview).toContain('ana@mail.example');
    }
  });

  it('are changed by administrators, with an entry that has before and after', async () => {
    const { owner, member } = await world();
    expect(await getRedaction(member)).toEqual(rules);
    await expect(setRedaction(member, { paths: [], patterns: [] })).rejects.toMatchObject(FORBIDDEN);
    await setRedaction(owner, { paths: [], patterns: [] });
    const { rows } = await pool().query(
      `select before, after from audit where action = 'redaction.update' and organization_id = $1 order by id desc limit 1`,
      [owner.organizationId],
    );
    expect(rows).toEqual([{ before: rules, after: { paths: [], patterns: [] } }]);
  });

  it('do not let a search find what is hidden', async () => {
    const { owner, batchId, member } = await world();
    await expect(listBatchJobs(member, batchId, { limit: 10, q: 'ana@' })).rejects.toMatchObject(FORBIDDEN);
    expect((await listBatchJobs(member, batchId, { limit: 10, q: '#2' })).jobs).toHaveLength(1);
    expect((await listBatchJobs(owner, batchId, { limit: 10, q: 'ana@' })).jobs).toHaveLength(2);
  });

  it('keep what was redacted when an operator edits the rest and retries', async () => {
    const { owner, member } = await world();
    const jobId = await single(owner, 'failed', { data: DATA });
    const shown = (await getJob(member, jobId)).data as typeof DATA;
    await retryJob(member, jobId, { data: { payload: { ...shown.payload, n: 2 } } });
    expect((await getJob(owner, jobId)).data).toEqual({ payload: { ...DATA.payload, n: 2 } });
    const moved = await single(owner, 'failed', { data: DATA });
    await expect(retryJob(member, moved, { data: { payload: { other: REDACTED } } })).rejects.toMatchObject({
      code: 'invalid-data',
    });
  });

  it('keep what was redacted when an operator sends corrected rows', async () => {
    const { owner, batchId, jobId, member } = await world();
    const shown = (await getJob(member, jobId)).data as typeof DATA;
    const corrections = async function* () {
      yield { line: 1, row: 1, data: { payload: { ...shown.payload, n: 3 } } };
    };
    expect(await correctBatch(member, batchId, { corrections: corrections(), dry: false })).toMatchObject({
      changed: 1,
    });
    expect((await getJob(owner, jobId)).data).toEqual({ payload: { ...DATA.payload, n: 3 } });
    const wrong = async function* () {
      yield { line: 1, row: 2, data: { payload: { name: REDACTED } } };
    };
    await expect(correctBatch(member, batchId, { corrections: wrong(), dry: false })).rejects.toMatchObject({
      code: 'invalid-items',
      errors: [{ row: 1, path: '', message: expect.stringContaining('redacted') }],
    });
  });
});
