import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CreateRuleBody } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { fireDue } from '@/lib/domain/schedule/firing/fire-due';
import { launchFirings } from '@/lib/domain/schedule/firing/launch-firing';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { createView } from '@/lib/domain/view/create-view';
import { registerNode } from '@/lib/domain/worker/nodes';
import { seedBatch } from '@/lib/testing/factories';
import { createRuleFor, endBatch, expanded, useListener } from '@/lib/testing/notifications';
import { createHourly, makeDue } from '@/lib/testing/schedules';
import { watchConditions } from './watch-conditions';

const on = useListener();
const rule = (fields: Partial<CreateRuleBody>) => createRuleFor(on, fields);

test('a failure rate and a wait for a slot are told when they begin, and again only after they ended', async () => {
  await rule({ on: ['batch.failure-rate', 'capacity.waiting'], failureRate: 0.5, minFinished: 4, waitingMinutes: 5 });
  const { batchId } = await seedBatch(on.context, {
    statuses: ['failed', 'failed', 'completed', 'completed', 'pending'],
  });
  for (let i = 0; i < 3; i++) await watchConditions();
  expect((await expanded(on.context)).map(({ type }) => type)).toEqual(['batch.failure-rate']);
  await pool().query(`update batch set failed = 0, queued_at = now() - interval '6 minutes' where id = $1`, [batchId]);
  await watchConditions();
  await pool().query('update batch set failed = 2 where id = $1', [batchId]);
  await watchConditions();
  expect((await expanded(on.context)).map(({ type }) => type)).toEqual([
    'batch.failure-rate',
    'capacity.waiting',
    'batch.failure-rate',
  ]);
});

test('a batch that makes no progress, and work without a worker, are told once', async () => {
  await pool().query('update node set stopping = true');
  await rule({ on: ['batch.stuck', 'worker.none'], stuckMinutes: 1 });
  const { batchId } = await seedBatch(on.context, { statuses: ['pending'] });
  await pool().query(
    `update batch set started_at = now() - interval '1 hour', created_at = now() - interval '1 hour' where id = $1`,
    [batchId],
  );
  for (let i = 0; i < 2; i++) await watchConditions();
  const sent = await expanded(on.context);
  expect(sent.map(({ type }) => type).sort()).toEqual(['batch.stuck', 'worker.none']);
  expect(sent.find(({ type }) => type === 'batch.stuck')?.data).toMatchObject({
    batchId,
    why: expect.stringContaining('No worker'),
  });
});

test('dead letters are told each time that there are so many more', async () => {
  await rule({ on: ['dead-letters.growing'], deadLetters: 2 });
  await watchConditions();
  await seedBatch(on.context, { statuses: ['failed', 'completed'] });
  await watchConditions();
  expect(await expanded(on.context)).toEqual([]);
  await seedBatch(on.context, { statuses: ['failed', 'failed'] });
  for (let i = 0; i < 2; i++) await watchConditions();
  expect(await expanded(on.context)).toMatchObject([{ type: 'dead-letters.growing', data: { count: 3, before: 0 } }]);
});

test('a schedule that was paused after failures is told, and one that missed its time', async () => {
  await rule({ on: ['schedule.paused', 'schedule.missed'] });
  const id = randomUUID();
  await pool().query(
    `insert into schedule (id, organization_id, name, time_zone, kind, launch, summary, created_by, created_by_id)
     values ($1, $2, 'nightly', 'UTC', 'job', '{}', '{}', 'Ana', 'ana')`,
    [id, on.context.organizationId],
  );
  await pool().query(
    `insert into schedule_firing (schedule_id, due_at, status, overlap, why) values ($1, now(), 'missed', 'skip', 'No supervisor was there.')`,
    [id],
  );
  await pool().query(`update schedule set paused_at = now(), paused_why = '3 failures in a row' where id = $1`, [id]);
  expect(await expanded(on.context)).toMatchObject([
    { type: 'schedule.missed', ownerId: id, data: { name: 'nightly', why: 'No supervisor was there.' } },
    { type: 'schedule.paused', ownerId: id, data: { why: '3 failures in a row' } },
  ]);
});

test('a run that ends before anybody looked is told when too much of it failed, once', async () => {
  await rule({ on: ['batch.failure-rate'], failureRate: 0.5, minFinished: 2 });
  await endBatch(on.context, ['failed', 'completed', 'completed']);
  expect(await expanded(on.context)).toEqual([]);
  const late = await endBatch(on.context, ['failed', 'completed']);
  expect(await expanded(on.context)).toMatchObject([
    { type: 'batch.failure-rate', ownerId: late, data: { failed: 1 } },
  ]);
  // Here it is noticed while the batch runs, and its end says the same again.
  const { batchId } = await seedBatch(on.context, { statuses: ['failed', 'failed', 'pending'] });
  await watchConditions();
  expect(await expanded(on.context)).toHaveLength(2);
  await pool().query(`update batch set status = 'partial', total = 2, finished_at = now() where id = $1`, [batchId]);
  await watchConditions();
  expect((await expanded(on.context)).map(({ ownerId }) => ownerId)).toEqual([late, batchId]);
  // A retry is a run of its own.
  await pool().query(`update batch set status = 'in-progress', run = run + 1, finished_at = null where id = $1`, [
    batchId,
  ]);
  await pool().query(`update batch set status = 'partial', finished_at = now() where id = $1`, [batchId]);
  expect((await expanded(on.context)).map(({ ownerId }) => ownerId)).toEqual([late, batchId, batchId]);
});

test('work without a worker is told for each type, until a worker runs', async () => {
  await pool().query('update node set stopping = true');
  await rule({ on: ['worker.none'] });
  await seedBatch(on.context, { statuses: ['pending', 'pending'] });
  await watchConditions();
  await seedBatch(on.context, { statuses: ['pending'], type: 'collect' });
  await watchConditions();
  const sent = await expanded(on.context);
  expect(sent).toMatchObject([
    { type: 'worker.none', data: { jobType: 'diagnostic', types: ['diagnostic'], count: 2, why: expect.any(String) } },
    { type: 'worker.none', data: { jobType: 'collect', count: 1 } },
  ]);
  const node = await registerNode('test', 1);
  await watchConditions();
  await pool().query('update node set stopping = true where id = $1', [node]);
  await watchConditions();
  expect(await expanded(on.context)).toHaveLength(4);
});

test('a type of the folder of jobs whose file is gone is told, although workers run', async () => {
  await registerNode('test', 1);
  await rule({ on: ['worker.none'] });
  await seedBatch(on.context, { statuses: ['pending'], type: 'own-resize' });
  await seedBatch(on.context, { statuses: ['pending'] });
  await watchConditions();
  expect(await expanded(on.context)).toMatchObject([
    { type: 'worker.none', data: { jobType: 'own-resize', why: expect.stringContaining('own-resize') } },
  ]);
});

test('rules about a type, a batch and a shared view report only what matches', async () => {
  await pool().query('update node set stopping = true');
  const { batchId } = await seedBatch(on.context, { name: 'night', statuses: ['failed', 'failed', 'pending'] });
  await seedBatch(on.context, { type: 'collect', statuses: ['failed', 'failed', 'pending'] });
  const { id: view } = await createView(on.context, {
    ...{ name: 'v', of: 'batches', query: 'name:night', shared: true, isDefault: false },
  });
  for (const query of ['type:diagnostic', `id:${batchId}`, view]) {
    await pool().query('delete from notification_delivery');
    await pool().query('delete from notification_rule');
    await rule({ on: ['batch.failure-rate', 'worker.none'], failureRate: 0.5, minFinished: 2, query });
    await watchConditions();
    expect((await expanded(on.context)).map(({ type, data }) => [type, data.jobType]).sort()).toEqual([
      ['batch.failure-rate', 'diagnostic'],
      ['worker.none', 'diagnostic'],
    ]);
  }
});

test('a schedule that missed its time is told by the supervisor that comes too late, and one that cannot launch', async () => {
  await rule({ on: ['schedule.missed', 'schedule.failed'] });
  const missed = await createHourly(on.context, { name: 'late' });
  await makeDue(missed, 600);
  const failing = await createHourly(on.context, { name: 'failing' });
  await updateSchedule(on.context, failing, { launch: { job: { type: 'collect', data: {} } } });
  await pool().query(`update schedule set launch = '{"job":{"type":"no-such-type","data":{}}}' where id = $1`, [
    failing,
  ]);
  await makeDue(failing, 1);
  await fireDue();
  await launchFirings();
  const sent = await expanded(on.context);
  expect(sent.map(({ type, data }) => [type, data.name]).sort()).toEqual([
    ['schedule.failed', 'failing'],
    ['schedule.missed', 'late'],
  ]);
});
