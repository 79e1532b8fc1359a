import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { logger } from '@/lib/config/logger';
import type { NotifyTarget } from '@/lib/contracts/channel';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { settleNow } from '@/lib/domain/batch/settle';
import { type Context, scheduleContext } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { changeImport } from '@/lib/domain/import/change-import';
import { checkImport } from '@/lib/domain/import/check-import';
import { launchImport } from '@/lib/domain/import/launch-import';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { deleteChannel } from '@/lib/domain/notification/channel/delete-channel';
import { createSigningSecret } from '@/lib/domain/notification/channel/signing-secret';
import { contentsOfOrganization } from '@/lib/domain/privacy/contents-of-organization';
import { deleteSchedule } from '@/lib/domain/schedule/delete-schedule';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { createContext } from '@/lib/testing/factories';
import { startHookReceiver } from '@/lib/testing/hook-receiver';
import { bring, workOn } from '@/lib/testing/imports';
import { asItems } from '@/lib/testing/items';
import { codeOf, expanded, sendDue, useListener } from '@/lib/testing/notifications';
import { createHourly, fire, firingsOf, makeDue } from '@/lib/testing/schedules';

const on = useListener();

const launch = (notify: NotifyTarget[], by: Context = on.context) =>
  launchBatch(by, { fields: { name: 'b', type: 'diagnostic', start: 'queue', notify }, items: asItems([{}]) });

test('a launch names whom to tell: channels, and addresses with a secret or signed by the organization', async () => {
  const own = await createSigningSecret(on.context);
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const other = await startHookReceiver();
  const { result } = await launch([{ channelId: on.channelId }, { url: on.receiver.url }, { url: other.url, secret }]);
  await cancelBatch(on.context, result.batchId, { force: true });
  await settleNow(pool(), result.batchId);
  const sent = await expanded(on.context);
  expect(sent.map(({ type, ownerId }) => [type, ownerId])).toEqual(Array(3).fill(['batch.finished', result.batchId]));
  await sendDue();
  other.verify(secret);
  expect(other.hooks[0]?.event).toMatchObject({ type: 'batch.finished', data: { status: 'cancelled' } });
  const byUrl = on.receiver.hooks.filter(({ id }) => sent.find((each) => each.id === id)?.channelId === null);
  expect(byUrl).toHaveLength(1);
  on.receiver.hooks.splice(0, on.receiver.hooks.length, ...byUrl);
  on.receiver.verify(own);
  const { rows } = await pool().query(
    'select t::text from notification_target t union all select d::text from notification_delivery d',
  );
  expect(JSON.stringify(rows)).not.toContain(secret);
  await other.close();
});

test('a launch that names an unknown channel or a private address is refused with the field', async () => {
  for (const unknown of [randomUUID(), 'no id']) {
    await expect(launch([{ channelId: on.channelId }, { channelId: unknown }])).rejects.toMatchObject({
      code: 'unknown-channel',
      errors: [{ path: 'notify.1.channelId' }],
    });
  }
  await expect(launch([{ url: 'http://10.0.0.1/' }])).rejects.toMatchObject({
    code: 'invalid-channel',
    errors: [{ path: 'notify.0.url' }],
  });
  const stranger = await createContext();
  expect(await codeOf(launch([{ channelId: on.channelId }], stranger))).toBe('unknown-channel');
});

test('a deleted channel holds up no schedule', async () => {
  await deleteChannel(on.context, on.channelId);
  const schedule = scheduleContext(on.context.organizationId, { id: randomUUID(), name: 'nightly' });
  expect(await launch([{ channelId: on.channelId }], schedule)).toMatchObject({ outcome: 'created' });
});

test('jobs and flows tell about their ends too', async () => {
  const { job } = await createJob(on.context, {
    type: 'diagnostic',
    data: {},
    delayMs: 3_600_000,
    notify: [{ channelId: on.channelId }],
  });
  await cancelJob(on.context, job.id, { force: true });
  const flow = { name: 'f', type: 'diagnostic' };
  const { result } = await createFlows(on.context, { flow, notify: [{ channelId: on.channelId }] });
  await pool().query(`update flow set status = 'completed', finished_at = now() where id = $1`, [result.flowIds[0]]);
  expect(await expanded(on.context)).toMatchObject([
    { type: 'job.finished', ownerId: job.id, data: { status: 'cancelled' } },
    { type: 'flow.finished', ownerId: result.flowIds[0], data: { status: 'completed' } },
  ]);
});

const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

/** Whatever of this organization can be read: answers, the export, audit entries, rows of the database in clear. */
async function readable(...answers: unknown[]): Promise<string> {
  const parts: unknown[] = [...answers];
  for await (const { lines } of contentsOfOrganization(on.context.organizationId)) {
    for await (const line of lines) parts.push(line);
  }
  for (const table of [
    'schedule',
    'audit',
    'notification_target',
    'notification_delivery',
    'notification_event',
    'import',
  ]) {
    parts.push((await pool().query(`select t::text from ${table} t`)).rows);
  }
  return JSON.stringify(parts);
}

/** Launches what a schedule launches, and ends it. @returns the messages about it */
async function fireAndEnd(id: string) {
  await pool().query('delete from notification_delivery');
  await makeDue(id, 1);
  await fire();
  const { batchId, jobId, flowId } = (await firingsOf(on.context, id)).at(-1) ?? {};
  if (batchId) {
    await cancelBatch(on.context, batchId, { force: true });
    await settleNow(pool(), batchId);
  }
  if (jobId) await cancelJob(on.context, jobId, { force: true });
  if (flowId) await pool().query(`update flow set status = 'failed', finished_at = now() where id = $1`, [flowId]);
  const sent = await expanded(on.context);
  await sendDue();
  return sent;
}

const told = [{ url: 'x', secret: SECRET }];
test.each([
  ['batch', { batch: { name: 'b', type: 'diagnostic', items: [{}], notify: told } }],
  ['job', { job: { type: 'diagnostic', data: {}, notify: told } }],
  ['flow', { flow: { name: 'f', type: 'diagnostic' }, notify: told }],
])('a scheduled %s tells an address with its own secret, which nobody can read', async (kind, launch) => {
  const body = JSON.parse(JSON.stringify(launch).replace('"x"', JSON.stringify(on.receiver.url)));
  const id = await createHourly(on.context, { launch: body });
  expect(await fireAndEnd(id)).toMatchObject([{ type: `${kind}.finished`, channelId: null }]);
  on.receiver.verify(SECRET);
  expect(on.receiver.hooks).toHaveLength(1);
  const shown = await getSchedule(on.context, id);
  expect(JSON.stringify(shown.launch)).toContain(`"notify":[{"url":"${on.receiver.url}"}]`);
  expect(await readable(shown)).not.toContain(SECRET);
});

test('an edited schedule keeps the secret of an address that stays, and forgets that of one that goes', async () => {
  const job = { type: 'diagnostic', data: {} };
  const { url } = on.receiver;
  const id = await createHourly(on.context, { launch: { job: { ...job, notify: [{ url, secret: SECRET }] } } });
  const notify = [{ channelId: on.channelId }, { url }];
  const changed = await updateSchedule(on.context, id, { launch: { job: { ...job, notify } } });
  const sent = await fireAndEnd(id);
  expect(sent).toHaveLength(2);
  const byUrl = on.receiver.hooks.filter((hook) => sent.find((each) => each.id === hook.id)?.channelId === null);
  expect(byUrl).toHaveLength(1);
  on.receiver.hooks.splice(0, on.receiver.hooks.length, ...byUrl);
  on.receiver.verify(SECRET);
  expect(await readable(changed)).not.toContain(SECRET);
  // Without a new secret, the organization's own signs.
  await updateSchedule(on.context, id, { launch: { job } });
  await updateSchedule(on.context, id, { launch: { job: { ...job, notify: [{ url }] } } });
  const own = await createSigningSecret(on.context);
  on.receiver.hooks.length = 0;
  await fireAndEnd(id);
  on.receiver.verify(own);
  await deleteSchedule(on.context, id);
  const { rows } = await pool().query('select 1 from notification_target where owner_id = $1', [id]);
  expect(rows).toEqual([]);
});

test('an import that is launched later tells an address with its own secret', async () => {
  const { id } = await bring(on.context, 'rows.csv', 'ms\n1\n2\n');
  await changeImport(on.context, id, { mapping: { durationMs: { from: 'column', column: 'ms' } } });
  await checkImport(on.context, id);
  await workOn(on.context, id);
  const fields = { name: 'From a table', start: 'queue', skipBad: false } as const;
  await expect(
    launchImport(on.context, id, { ...fields, notify: [{ channelId: randomUUID() }] }),
  ).rejects.toMatchObject({ code: 'unknown-channel' });
  const launching = await launchImport(on.context, id, {
    ...fields,
    notify: [{ url: on.receiver.url, secret: SECRET }],
  });
  expect(await readable(launching)).not.toContain(SECRET);
  const { batchId } = await workOn(on.context, id);
  await cancelBatch(on.context, String(batchId), { force: true });
  await settleNow(pool(), String(batchId));
  expect(await expanded(on.context)).toMatchObject([{ type: 'batch.finished', ownerId: batchId }]);
  await sendDue();
  on.receiver.verify(SECRET);
  expect(on.receiver.hooks).toHaveLength(1);
});

test('a secret that this installation cannot read any more holds up no scheduled launch', async () => {
  const launch = { job: { type: 'diagnostic', data: {}, notify: [{ url: on.receiver.url, secret: SECRET }] } };
  const id = await createHourly(on.context, { launch });
  await pool().query(`update notification_target set sealed = 'broken' where owner_id = $1`, [id]);
  const warned = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  expect(await fireAndEnd(id)).toMatchObject([{ type: 'job.finished' }]);
  expect(JSON.stringify(warned.mock.calls)).toContain('organization’s own signs');
  warned.mockRestore();
});
