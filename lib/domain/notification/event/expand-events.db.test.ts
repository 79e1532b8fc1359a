import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { must } from '@/lib/contracts/must';
import type { CreateRuleBody } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { pauseBatch } from '@/lib/domain/batch/pause-batch';
import { settleNow } from '@/lib/domain/batch/settle';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { updateChannel } from '@/lib/domain/notification/channel/update-channel';
import { createView } from '@/lib/domain/view/create-view';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { codeOf, createRuleFor, endBatch, expanded, useListener } from '@/lib/testing/notifications';
import { expandEvents } from './expand-events';

const on = useListener();
const rule = (fields: Partial<CreateRuleBody>) => createRuleFor(on, fields);

test('a batch about which nobody is told leaves no event', async () => {
  await endBatch(on.context, ['completed']);
  const { rows } = await pool().query('select * from notification_event');
  expect(rows).toEqual([]);
});

test('the end of a batch is one delivery for each type that a rule names, with what came of it', async () => {
  const { id: ruleId } = await rule({ on: ['batch.finished', 'batch.partial', 'batch.failed'] });
  const batchId = await endBatch(on.context, ['completed', 'failed']);
  const sent = await expanded(on.context);
  expect(sent.map(({ type }) => type)).toEqual(['batch.finished', 'batch.partial']);
  expect(sent[0]).toMatchObject({
    ...{ ruleId, channelId: on.channelId, ownerId: batchId, status: 'pending', count: 1 },
    data: {
      ...{ batchId, status: 'partial', total: 2, completed: 1, failed: 1 },
      link: expect.stringContaining(`/batches/${batchId}`),
      finishedAt: expect.stringMatching(/^\d{4}-.*\d\dZ$/),
    },
  });
  expect(await expandEvents()).toBe(0);
});

test('an end that is rolled back is not told', async () => {
  await rule({});
  const { batchId } = await seedBatch(on.context, { statuses: ['completed'] });
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  const client = await pool().connect();
  await client.query('begin');
  await settleNow(client, batchId);
  await client.query('rollback');
  client.release();
  expect(await expanded(on.context)).toEqual([]);
});

test('two processes that expand at once make one delivery', async () => {
  await rule({});
  await rule({});
  await endBatch(on.context, ['completed']);
  await Promise.all([expandEvents(), expandEvents()]);
  // Two rules say the same to the same on.receiver.
  expect(await expanded(on.context)).toHaveLength(1);
});

test('a query decides which batches are told, its own or that of a shared view', async () => {
  const { id: viewId } = await createView(on.context, {
    name: 'v',
    of: 'batches',
    query: 'name:night*',
    shared: true,
    isDefault: false,
  });
  await rule({ query: 'name:nightly status:failed' });
  await rule({ query: viewId, on: ['batch.failed'] });
  await endBatch(on.context, ['failed'], { name: 'daily' });
  expect(await expanded(on.context)).toEqual([]);
  await endBatch(on.context, ['failed'], { name: 'nightly' });
  expect((await expanded(on.context)).map(({ type }) => type)).toEqual(['batch.finished', 'batch.failed']);
  expect(await codeOf(rule({ query: 'colour:red' }))).toBe('invalid-query');
  expect(await codeOf(rule({ query: randomUUID() }))).toBe('invalid-query');
});

test('many events of a rule become one message with their number', async () => {
  await rule({ on: ['batch.failed'] });
  for (let i = 0; i < 40; i++)
    await endBatch(on.context, ['failed'], { name: `batch ${i}` }).then(() => expandEvents());
  const sent = await expanded(on.context);
  expect(sent).toHaveLength(11);
  expect(sent.at(-1)).toMatchObject({ count: 30, data: { events: expect.arrayContaining([]) } });
  expect(sent.at(-1)?.data).toMatchObject({ events: { length: 20 } });
  expect(sent.reduce((sum, { count }) => sum + count, 0)).toBe(40);
});

test('a channel that is switched off gets a failed delivery, which can be sent later', async () => {
  await rule({});
  await updateChannel(on.context, on.channelId, { enabled: false });
  await endBatch(on.context, ['completed']);
  expect(await expanded(on.context)).toMatchObject([
    { status: 'failed', error: 'The channel is switched off.', attempts: 0 },
  ]);
});

test('a pause is told, with the batch', async () => {
  await rule({ on: ['batch.paused'] });
  const { batchId } = await seedBatch(on.context, { statuses: ['pending'] });
  await pauseBatch(on.context, batchId);
  expect(await expanded(on.context)).toMatchObject([{ type: 'batch.paused', ownerId: batchId }]);
});

test('a rule reports the end of a flow once, to its organization only, and not while the flow runs', async () => {
  const { id: ruleId } = await rule({ on: ['flow.finished'] });
  const launch = async (context: Context) => {
    const flow = { name: 'nightly tree', type: 'collect', children: [{ name: 'leaf', type: 'diagnostic', data: {} }] };
    const { result } = await createFlows(context, { flow });
    return must(result.flowIds[0], 'The flow');
  };
  const end = (id: string, status: string) =>
    pool().query('update flow set status = $2, finished_at = now() where id = $1', [id, status]);
  const flowId = await launch(on.context);
  expect(await expanded(on.context)).toEqual([]);
  await end(flowId, 'failed');
  const stranger = await createContext();
  await end(await launch(stranger), 'completed');
  const sent = await expanded(on.context);
  expect(sent).toMatchObject([
    {
      ...{ type: 'flow.finished', ruleId, channelId: on.channelId, ownerId: flowId, status: 'pending', count: 1 },
      data: { flowId, name: 'nightly tree', status: 'failed', link: expect.stringContaining(`/flows/${flowId}`) },
    },
  ]);
  expect(await expanded(stranger)).toEqual([]);
  expect(await expandEvents()).toBe(0);
});
