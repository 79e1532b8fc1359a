import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import type { NotifyTarget } from '@/lib/contracts/channel';
import { type CreateRuleBody, createRuleBody } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch } from '@/lib/domain/batch/pause-batch';
import { settleNow } from '@/lib/domain/batch/settle';
import { type Context, scheduleContext } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { deleteChannel } from '@/lib/domain/notification/channel/delete-channel';
import { createSigningSecret } from '@/lib/domain/notification/channel/signing-secret';
import { updateChannel } from '@/lib/domain/notification/channel/update-channel';
import { claimDeliveries } from '@/lib/domain/notification/delivery/claim-deliveries';
import { deliver } from '@/lib/domain/notification/delivery/deliver';
import { listDeliveries } from '@/lib/domain/notification/delivery/list-deliveries';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { deleteRule } from '@/lib/domain/notification/rule/delete-rule';
import { listRules } from '@/lib/domain/notification/rule/list-rules';
import { updateRule } from '@/lib/domain/notification/rule/update-rule';
import { createView } from '@/lib/domain/view/create-view';
import { asMember, createContext, seedBatch } from '@/lib/testing/factories';
import { type HookReceiver, startHookReceiver } from '@/lib/testing/hook-receiver';
import { asItems } from '@/lib/testing/items';
import { expandEvents } from './expand-events';
import { watchConditions } from './watch-conditions';

let context: Context;
let receiver: HookReceiver;
let channelId: string;

beforeAll(() => {
  Object.assign(env(), { OUTBOUND_ALLOW: parseOutboundRules('127.0.0.1'), MAX_ACTIVE_BATCHES: 100 });
});
beforeEach(async () => {
  await pool().query('delete from notification_delivery');
  await pool().query('delete from notification_rule');
  context = await createContext();
  receiver = await startHookReceiver();
  const config = { url: receiver.url };
  channelId = (await createChannel(context, { kind: 'webhook', name: 'Receiver', config })).channel.id;
});
afterEach(() => receiver.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );
const rule = (fields: Partial<CreateRuleBody>) =>
  createRule(context, createRuleBody.parse({ name: 'r', on: ['batch.finished'], channelIds: [channelId], ...fields }));

/** Ends a new batch of an item each. @returns its id */
async function endBatch(statuses: ('completed' | 'failed')[], name = 'Seeded'): Promise<string> {
  const { batchId } = await seedBatch(context, { name, statuses: [...statuses] });
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  await pool().query('delete from notification_event');
  expect(await settleNow(pool(), batchId)).toEqual({ finished: true });
  return batchId;
}

async function expanded() {
  await expandEvents();
  return (await listDeliveries(context, { limit: 100 })).deliveries.reverse();
}

test('a batch about which nobody is told leaves no event', async () => {
  await endBatch(['completed']);
  const { rows } = await pool().query('select * from notification_event');
  expect(rows).toEqual([]);
});

test('the end of a batch is one delivery for each type that a rule names, with what came of it', async () => {
  const { id: ruleId } = await rule({ on: ['batch.finished', 'batch.partial', 'batch.failed'] });
  const batchId = await endBatch(['completed', 'failed']);
  const sent = await expanded();
  expect(sent.map(({ type }) => type)).toEqual(['batch.finished', 'batch.partial']);
  expect(sent[0]).toMatchObject({
    ...{ ruleId, channelId, ownerId: batchId, status: 'pending', count: 1 },
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
  const { batchId } = await seedBatch(context, { statuses: ['completed'] });
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  const client = await pool().connect();
  await client.query('begin');
  await settleNow(client, batchId);
  await client.query('rollback');
  client.release();
  expect(await expanded()).toEqual([]);
});

test('two processes that expand at once make one delivery', async () => {
  await rule({});
  await rule({});
  await endBatch(['completed']);
  await Promise.all([expandEvents(), expandEvents()]);
  // Two rules say the same to the same receiver.
  expect(await expanded()).toHaveLength(1);
});

test('a query decides which batches are told, its own or that of a shared view', async () => {
  const { id: viewId } = await createView(context, {
    name: 'v',
    of: 'batches',
    query: 'name:night*',
    shared: true,
    isDefault: false,
  });
  await rule({ query: 'name:nightly status:failed' });
  await rule({ query: viewId, on: ['batch.failed'] });
  await endBatch(['failed'], 'daily');
  expect(await expanded()).toEqual([]);
  await endBatch(['failed'], 'nightly');
  expect((await expanded()).map(({ type }) => type)).toEqual(['batch.finished', 'batch.failed']);
  expect(await codeOf(rule({ query: 'colour:red' }))).toBe('invalid-query');
  expect(await codeOf(rule({ query: randomUUID() }))).toBe('invalid-query');
});

test('many events of a rule become one message with their number', async () => {
  await rule({ on: ['batch.failed'] });
  for (let i = 0; i < 40; i++) await endBatch(['failed'], `batch ${i}`).then(() => expandEvents());
  const sent = await expanded();
  expect(sent).toHaveLength(11);
  expect(sent.at(-1)).toMatchObject({ count: 30, data: { events: expect.arrayContaining([]) } });
  expect(sent.at(-1)?.data).toMatchObject({ events: { length: 20 } });
  expect(sent.reduce((sum, { count }) => sum + count, 0)).toBe(40);
});

test('a channel that is switched off gets a failed delivery, which can be sent later', async () => {
  await rule({});
  await updateChannel(context, channelId, { enabled: false });
  await endBatch(['completed']);
  expect(await expanded()).toMatchObject([{ status: 'failed', error: 'The channel is switched off.', attempts: 0 }]);
});

const launch = (notify: NotifyTarget[], by = context) =>
  launchBatch(by, { fields: { name: 'b', type: 'diagnostic', start: 'queue', notify }, items: asItems([{}]) });

test('a launch names whom to tell: channels, and addresses with a secret or signed by the organization', async () => {
  const own = await createSigningSecret(context);
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const other = await startHookReceiver();
  const { result } = await launch([{ channelId }, { url: receiver.url }, { url: other.url, secret }]);
  await cancelBatch(context, result.batchId, { force: true });
  await pool().query('select 1');
  await settleNow(pool(), result.batchId);
  const sent = await expanded();
  expect(sent.map(({ type, ownerId }) => [type, ownerId])).toEqual(Array(3).fill(['batch.finished', result.batchId]));
  for (const claimed of await claimDeliveries(50, [])) await deliver(claimed, new AbortController().signal);
  other.verify(secret);
  expect(other.hooks[0]?.event).toMatchObject({ type: 'batch.finished', data: { status: 'cancelled' } });
  const byUrl = receiver.hooks.filter(({ id }) => sent.find((each) => each.id === id)?.channelId === null);
  expect(byUrl).toHaveLength(1);
  receiver.hooks.splice(0, receiver.hooks.length, ...byUrl);
  receiver.verify(own);
  const { rows } = await pool().query(
    'select t::text from notification_target t union all select d::text from notification_delivery d',
  );
  expect(JSON.stringify(rows)).not.toContain(secret);
  await other.close();
});

test('a launch that names an unknown channel or a private address is refused with the field', async () => {
  for (const unknown of [randomUUID(), 'no id']) {
    await expect(launch([{ channelId }, { channelId: unknown }])).rejects.toMatchObject({
      code: 'unknown-channel',
      errors: [{ path: 'notify.1.channelId' }],
    });
  }
  await expect(launch([{ url: 'http://10.0.0.1/' }])).rejects.toMatchObject({
    code: 'invalid-channel',
    errors: [{ path: 'notify.0.url' }],
  });
  const stranger = await createContext();
  expect(await codeOf(launch([{ channelId }], stranger))).toBe('unknown-channel');
});

test('a deleted channel holds up no schedule', async () => {
  await deleteChannel(context, channelId);
  const schedule = scheduleContext(context.organizationId, { id: randomUUID(), name: 'nightly' });
  expect(await launch([{ channelId }], schedule)).toMatchObject({ outcome: 'created' });
});

test('jobs and flows tell about their ends too', async () => {
  const { job } = await createJob(context, {
    type: 'diagnostic',
    data: {},
    delayMs: 3_600_000,
    notify: [{ channelId }],
  });
  await cancelJob(context, job.id, { force: true });
  const flow = { name: 'f', type: 'diagnostic' };
  const { result } = await createFlows(context, { flow, notify: [{ channelId }] });
  await pool().query(`update flow set status = 'completed', finished_at = now() where id = $1`, [result.flowIds[0]]);
  expect(await expanded()).toMatchObject([
    { type: 'job.finished', ownerId: job.id, data: { status: 'cancelled' } },
    { type: 'flow.finished', ownerId: result.flowIds[0], data: { status: 'completed' } },
  ]);
});

test('a pause is told, with the batch', async () => {
  await rule({ on: ['batch.paused'] });
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await pauseBatch(context, batchId);
  expect(await expanded()).toMatchObject([{ type: 'batch.paused', ownerId: batchId }]);
});

test('a failure rate and a wait for a slot are told when they begin, and again only after they ended', async () => {
  await rule({ on: ['batch.failure-rate', 'capacity.waiting'], failureRate: 0.5, minFinished: 4, waitingMinutes: 5 });
  const { batchId } = await seedBatch(context, { statuses: ['failed', 'failed', 'completed', 'completed', 'pending'] });
  for (let i = 0; i < 3; i++) await watchConditions();
  expect((await expanded()).map(({ type }) => type)).toEqual(['batch.failure-rate']);
  await pool().query(`update batch set failed = 0, queued_at = now() - interval '6 minutes' where id = $1`, [batchId]);
  await watchConditions();
  await pool().query('update batch set failed = 2 where id = $1', [batchId]);
  await watchConditions();
  expect((await expanded()).map(({ type }) => type)).toEqual([
    'batch.failure-rate',
    'capacity.waiting',
    'batch.failure-rate',
  ]);
});

test('a batch that makes no progress, and work without a worker, are told once', async () => {
  await pool().query('update node set stopping = true');
  await rule({ on: ['batch.stuck', 'worker.none'], stuckMinutes: 1 });
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await pool().query(
    `update batch set started_at = now() - interval '1 hour', created_at = now() - interval '1 hour' where id = $1`,
    [batchId],
  );
  for (let i = 0; i < 2; i++) await watchConditions();
  const sent = await expanded();
  expect(sent.map(({ type }) => type).sort()).toEqual(['batch.stuck', 'worker.none']);
  expect(sent.find(({ type }) => type === 'batch.stuck')?.data).toMatchObject({
    batchId,
    why: expect.stringContaining('No worker'),
  });
});

test('dead letters are told each time that there are so many more', async () => {
  await rule({ on: ['dead-letters.growing'], deadLetters: 2 });
  await watchConditions();
  await seedBatch(context, { statuses: ['failed', 'completed'] });
  await watchConditions();
  expect(await expanded()).toEqual([]);
  await seedBatch(context, { statuses: ['failed', 'failed'] });
  for (let i = 0; i < 2; i++) await watchConditions();
  expect(await expanded()).toMatchObject([{ type: 'dead-letters.growing', data: { count: 3, before: 0 } }]);
});

test('a schedule that was paused after failures is told, and one that missed its time', async () => {
  await rule({ on: ['schedule.paused', 'schedule.missed'] });
  const id = randomUUID();
  await pool().query(
    `insert into schedule (id, organization_id, name, time_zone, kind, launch, summary, created_by, created_by_id)
     values ($1, $2, 'nightly', 'UTC', 'job', '{}', '{}', 'Ana', 'ana')`,
    [id, context.organizationId],
  );
  await pool().query(
    `insert into schedule_firing (schedule_id, due_at, status, overlap, why) values ($1, now(), 'missed', 'skip', 'No supervisor was there.')`,
    [id],
  );
  await pool().query(`update schedule set paused_at = now(), paused_why = '3 failures in a row' where id = $1`, [id]);
  expect(await expanded()).toMatchObject([
    { type: 'schedule.missed', ownerId: id, data: { name: 'nightly', why: 'No supervisor was there.' } },
    { type: 'schedule.paused', ownerId: id, data: { why: '3 failures in a row' } },
  ]);
});

test('rules are changed by administrators only, and belong to their organization', async () => {
  const made = await rule({ query: 'type:diagnostic', failureRate: 0.25 });
  expect(await updateRule(context, made.id, { enabled: false, stuckMinutes: 7 })).toMatchObject({
    ...{ enabled: false, query: 'type:diagnostic', failureRate: 0.25, stuckMinutes: 7, channelIds: [channelId] },
  });
  await endBatch(['completed']);
  expect(await expanded()).toEqual([]);
  const [operator, stranger] = [asMember(context), await createContext()];
  expect((await listRules(operator)).rules).toHaveLength(1);
  expect((await listRules(stranger)).rules).toEqual([]);
  expect(await codeOf(listRules(asMember(context, 'viewer')))).toBe('forbidden');
  expect(await codeOf(updateRule(operator, made.id, { enabled: true }))).toBe('forbidden');
  expect(await codeOf(deleteRule(stranger, made.id))).toBe('not-found');
  expect(await codeOf(rule({ channelIds: [randomUUID()] }))).toBe('unknown-channel');
  await deleteRule(context, made.id);
  expect((await listRules(context)).rules).toEqual([]);
});
