import { beforeEach, expect, it } from 'vitest';
import type { AuditEntryDto } from '@/lib/contracts/audit';
import { pool } from '@/lib/db/pool';
import { transaction } from '@/lib/db/transaction';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { queueBatch } from '@/lib/domain/batch/queue-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { noteRetry, writeAbandonedEntries } from '@/lib/domain/batch/retry-entry';
import { sealBatch, sealOverdue } from '@/lib/domain/batch/seal-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import { type Context, systemContext } from '@/lib/domain/context';
import { deleteFile } from '@/lib/domain/file/delete-file';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { deleteImport } from '@/lib/domain/import/imports';
import { deleteMapping, saveMapping } from '@/lib/domain/import/mappings';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { runStepFlow } from '@/lib/domain/workflow/run-step-flow';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { bring } from '@/lib/testing/imports';
import { importPeople } from '@/lib/testing/people';
import { listActivity } from './list-activity';
import { listEntries } from './list-entries';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = {
    ...(await createContext({ role: 'owner', name: 'Ana' })),
    credential: { kind: 'key', id: 'k1' },
    origin: { address: '192.0.2.7', requestId: 'r-1' },
  };
});

const items = (count: number) =>
  (async function* () {
    for (let row = 1; row <= count; row += 1) yield { row, data: {} };
  })();

/** Returns the entries of the organization, oldest first. */
async function entries(): Promise<AuditEntryDto[]> {
  return (await listEntries(context, { limit: 100 })).entries.reverse();
}

const actions = async () => (await entries()).map(({ action, target }) => `${action} ${target.name}`);

const launch = (start: 'now' | 'queue' | 'manual', uniqueKey?: string) =>
  launchBatch(context, { fields: { name: 'b', type: 'diagnostic', start, uniqueKey }, items: items(3) });

it('of a launch is one, whatever the number of items, and a refused launch has none', async () => {
  await launch('now', 'once');
  await launch('now', 'once');
  await expect(
    launchBatch(context, { fields: { name: 'bad', type: 'diagnostic', start: 'now' }, items: items(0) }),
  ).rejects.toMatchObject({ code: 'empty-batch' });
  const all = await entries();
  expect(all).toMatchObject([
    {
      actor: { kind: 'user', id: context.actor.id, name: 'Ana' },
      action: 'batch.launch',
      target: { kind: 'batch', name: 'b' },
      after: { type: 'diagnostic', count: 3, start: 'now', uniqueKey: 'once' },
      address: '192.0.2.7',
      requestId: 'r-1',
    },
  ]);
});

it('of a start names how it was started', async () => {
  const { result } = await launch('manual');
  await startBatch(context, result.batchId);
  const second = await launch('manual');
  await queueBatch(context, second.result.batchId);
  expect((await entries()).filter(({ action }) => action === 'batch.start')).toMatchObject([
    { target: { id: result.batchId, name: 'b' } },
    { target: { id: second.result.batchId }, after: { start: 'queue' } },
  ]);
});

it('of a job or a flow is one for each, and none for a repeated request and for internal jobs', async () => {
  const request = { idempotencyKey: 'k' };
  const { job } = await createJob(context, { type: 'diagnostic', name: 'probe', data: {} }, request);
  await createJob(context, { type: 'diagnostic', name: 'probe', data: {} }, request);
  await createJob(
    context,
    { type: 'import', data: { importId: context.organizationId, revision: 1, name: 'n' } },
    { internal: true },
  );
  const flow = (name: string) => ({ name, type: 'diagnostic', children: [{ name: 'child', type: 'diagnostic' }] });
  const { result } = await createFlows(context, { flows: [flow('f1'), flow('f2')] });
  const all = await entries();
  expect(all.map(({ action, target }) => [action, target.id, target.name])).toEqual([
    ['job.launch', job.id, 'probe'],
    ['flow.launch', result.flowIds[0], 'f1'],
    ['flow.launch', result.flowIds[1], 'f2'],
  ]);
});

it('of a flow that a workflow creates is by the system, and in the activity of the workflow', async () => {
  const { job } = await createJob(context, { type: 'diagnostic', name: 'w', data: {} });
  const flow = { name: 'step', type: 'diagnostic' };
  const { flowId } = await runStepFlow(systemContext(context.organizationId), job.id, 's', flow, null);
  await runStepFlow(systemContext(context.organizationId), job.id, 's', flow, null);
  const activity = await listActivity(context, 'job', job.id, { limit: 10 });
  expect(activity.entries).toMatchObject([
    { actor: { kind: 'system' }, action: 'flow.launch', target: { kind: 'flow', id: flowId, name: 'step' } },
    { actor: { name: 'Ana' }, action: 'job.launch', target: { id: job.id } },
  ]);
});

it('of a job in a batch or a flow is in the activity of that too, and in no other', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['pending', 'failed'] });
  const other = await seedBatch(context, { statuses: ['pending'] });
  await cancelJob(context, jobIds[0] ?? '');
  await retryJob(context, jobIds[1] ?? '');
  await cancelJob(context, other.jobIds[0] ?? '');
  const { result } = await createFlows(context, {
    flow: { name: 'f', type: 'diagnostic', children: [{ name: 'c', type: 'diagnostic' }] },
  });
  const [flowId = ''] = result.flowIds;
  const node = result.jobIds.find((id) => id !== flowId) ?? '';
  await cancelJob(context, node);
  const page = await listActivity(context, 'batch', batchId, { limit: 1 });
  expect(page.entries).toMatchObject([{ action: 'job.retry', target: { kind: 'job', id: jobIds[1] } }]);
  const next = await listActivity(context, 'batch', batchId, { limit: 1, cursor: page.nextCursor ?? '' });
  expect(next).toMatchObject({ entries: [{ action: 'job.cancel', target: { id: jobIds[0] } }], nextCursor: null });
  expect(
    (await listActivity(context, 'flow', flowId, { limit: 5 })).entries.map(({ action, target }) => [
      action,
      target.id,
    ]),
  ).toEqual([
    ['job.cancel', node],
    ['flow.launch', flowId],
  ]);
});

it('of a retry of many rows is one, with how many it reopened, and none says that it sealed the batch', async () => {
  const { batchId } = await seedBatch(context, { statuses: Array.from({ length: 4500 }, () => 'failed' as const) });
  expect(await retryBatch(context, batchId, { only: 'failed' })).toMatchObject({
    retried: 4500,
    batch: { sealed: true },
  });
  expect(await entries()).toMatchObject([
    {
      action: 'batch.retry',
      actor: { id: context.actor.id },
      target: { name: 'Seeded' },
      after: { only: 'failed', count: 4500 },
      address: '192.0.2.7',
    },
  ]);
  expect((await pool().query('select reopening from batch where id = $1', [batchId])).rows).toEqual([
    { reopening: null },
  ]);
});

it('of a retry whose process died is written when its batch is sealed', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending', 'failed'] });
  const first = { context, after: { only: 'failed', count: 2000 }, unseals: true };
  await transaction(({ db }) => noteRetry(db, batchId, 'r1', first));
  await transaction(({ db }) => noteRetry(db, batchId, 'r1', { ...first, after: { only: 'failed', count: 4000 } }));
  await pool().query("update batch set sealed = false, seals_at = now() - interval '1 second' where id = $1", [
    batchId,
  ]);
  expect(await sealOverdue()).toBe(1);
  expect(await entries()).toMatchObject([
    {
      action: 'batch.retry',
      actor: { id: context.actor.id, name: 'Ana' },
      after: { only: 'failed', count: 4000 },
      requestId: 'r-1',
    },
  ]);
  expect((await pool().query('select sealed, stop_reason from batch where id = $1', [batchId])).rows).toEqual([
    { sealed: true, stop_reason: null },
  ]);
});

it.each([
  ['cancelled', (id: string) => cancelBatch(context, id)],
  ['sealed', (id: string) => sealBatch(context, id)],
])('of a retry whose process died is written by the sweep after somebody %s its batch', async (_how, end) => {
  const { batchId } = await seedBatch(context, { statuses: ['pending', 'failed'] });
  await pool().query("update batch set sealed = false, seals_at = now() + interval '5 minutes' where id = $1", [
    batchId,
  ]);
  const note = { context, after: { only: 'failed', count: 2000 }, unseals: true };
  await transaction(({ db }) => noteRetry(db, batchId, 'r1', note));
  await end(batchId);
  const retries = async () => (await entries()).filter(({ action }) => action === 'batch.retry');
  // The process may be alive, and writes the entry itself.
  await writeAbandonedEntries();
  expect(await retries()).toEqual([]);
  await pool().query(
    `update batch set reopening = jsonb_set(reopening::jsonb, '{r1,at}', to_jsonb(now() - interval '11 minutes'))::json where id = $1`,
    [batchId],
  );
  await writeAbandonedEntries();
  await writeAbandonedEntries();
  expect(await retries()).toMatchObject([{ actor: { name: 'Ana' }, after: { only: 'failed', count: 2000 } }]);
  expect((await pool().query('select from batch where reopening is not null')).rowCount).toBe(0);
});

it('of a retry is written with its first rows, and has an edited input only as a payload', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'completed'], data: { n: 1 } });
  await retryJob(context, jobIds[0] ?? '', { data: { durationMs: 7 } });
  await retryBatch(context, batchId, { only: 'failed' });
  expect(await entries()).toMatchObject([
    { action: 'job.retry', before: { payload: { n: 1 } }, after: { edited: true, payload: { durationMs: 7 } } },
    { action: 'batch.retry', target: { name: 'Seeded' }, after: { only: 'failed', count: 1 } },
  ]);
});

it('of files, mappings and secrets, whose values are in no entry', async () => {
  const body = (async function* () {
    yield new TextEncoder().encode('content of a file');
  })();
  const { fileId } = await storeFile(context, { name: 'a.txt', body });
  await deleteFile(context, fileId);
  const { mapping } = await saveMapping(context, { type: 'diagnostic', name: 'm', mapping: {} });
  await deleteMapping(context, mapping.id);
  const secret = { name: 'TOKEN', value: 'swordfish-0451', hosts: ['https://a.example.org'] };
  await createSecret(context, { ...secret, replace: false });
  await createSecret(context, { ...secret, hosts: ['https://b.example.org'], replace: true });
  expect(await actions()).toEqual([
    'file.upload a.txt',
    'file.delete a.txt',
    'mapping.save m',
    'mapping.delete m',
    'secret.create TOKEN',
    'secret.replace TOKEN',
  ]);
  expect((await entries()).at(-1)).toMatchObject({
    before: { hosts: ['https://a.example.org'] },
    after: { hosts: ['https://b.example.org'] },
  });
  const { rows } = await pool().query<{ text: string }>('select a::text as text from audit a');
  expect(rows.filter(({ text }) => /swordfish|content of a file/.test(text))).toEqual([]);
});

it('of an import names each step, and its batch has who requested it', async () => {
  const { batchId } = await importPeople(context);
  const all = await entries();
  expect(all.map(({ action }) => action)).toEqual([
    'file.upload',
    'import.create',
    'import.update',
    'import.check',
    'import.fix-row',
    'import.launch',
    'batch.launch',
  ]);
  expect(all.at(-1)).toMatchObject({
    actor: { kind: 'user', id: context.actor.id, name: 'Ana' },
    target: { id: batchId },
    address: '192.0.2.7',
    requestId: 'r-1',
  });
  const { id } = await bring(context, 'other.csv', 'a,b\n1,2\n');
  await deleteImport(context, id);
  expect((await entries()).at(-1)).toMatchObject({ action: 'import.delete', target: { id } });
});
