import { expect, test, vi } from 'vitest';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { MAX_FAILURES, RETRY_SECONDS } from '@/lib/contracts/delivery';
import { pool } from '@/lib/db/pool';
import { transaction } from '@/lib/db/transaction';
import { listAttention } from '@/lib/domain/attention/list-attention';
import { listChannels } from '@/lib/domain/notification/channel/list-channels';
import { testChannel } from '@/lib/domain/notification/channel/test-channel';
import { updateChannel } from '@/lib/domain/notification/channel/update-channel';
import { asMember, createContext, createMember } from '@/lib/testing/factories';
import { sendDue, useListener } from '@/lib/testing/notifications';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';
import { until } from '@/lib/testing/until';
import { claimDeliveries } from './claim-deliveries';
import { deliver } from './deliver';
import { insertDelivery } from './insert-delivery';
import { listDeliveries } from './list-deliveries';
import { redeliver } from './redeliver';

const on = useListener();

/** Stores a message about a batch. @returns its id */
const plan = (data: Record<string, unknown> = { name: 'A' }) =>
  transaction(({ db }) =>
    insertDelivery(db, {
      organizationId: on.context.organizationId,
      type: 'batch.finished',
      eventId: null,
      ownerId: null,
      ruleId: null,
      channelId: on.channelId,
      sealed: null,
      kind: 'webhook',
      target: 'Receiver',
      lane: on.channelId,
      data,
      at: new Date(),
      refusal: null,
      waitSeconds: 0,
    }),
  );

const only = async () => (await listDeliveries(on.context, { limit: 20 })).deliveries[0];

test('a receiver that fails is called again later and later with the same id, and gets the message once it works', async () => {
  const id = await plan();
  on.receiver.answer = 503;
  await sendDue();
  const { rows } = await pool().query<{ wait: number }>(
    'select extract(epoch from next_at - now())::float8 as wait from notification_delivery',
  );
  expect(rows[0]?.wait).toBeGreaterThan(0);
  expect(rows[0]?.wait).toBeLessThanOrEqual(RETRY_SECONDS[0]);
  expect(await only()).toMatchObject({
    status: 'pending',
    attempts: 1,
    error: 'The receiver answered 503.',
    answer: { status: 503 },
  });
  on.receiver.answer = 302;
  on.receiver.headers = { location: on.receiver.url };
  await sendDue();
  // A redirect is not followed.
  expect(on.receiver.hooks).toHaveLength(2);
  on.receiver.answer = 204;
  await sendDue();
  expect(await only()).toMatchObject({ status: 'delivered', attempts: 3, nextAt: null, error: null });
  expect((await only())?.tries.map(({ status }) => status)).toEqual([503, 302, 204]);
  expect(new Set(on.receiver.hooks.map((hook) => hook.id))).toEqual(new Set([id]));
  on.receiver.verify(on.secret);
  expect(await sendDue()).toBe(0);
});

test('a receiver that asks to wait is called later', async () => {
  await plan();
  on.receiver.answer = 429;
  on.receiver.headers = { 'retry-after': '600' };
  await sendDue();
  const { rows } = await pool().query<{ late: boolean }>(
    `select next_at > now() + interval '500 seconds' as late from notification_delivery`,
  );
  expect(rows).toEqual([{ late: true }]);
});

test('a message that never arrives fails in the end; sent again it has the same id', async () => {
  const id = String(await plan());
  on.receiver.answer = 500;
  for (let i = 0; i <= RETRY_SECONDS.length; i++) expect(await sendDue()).toBe(1);
  expect(await only()).toMatchObject({ status: 'failed', attempts: RETRY_SECONDS.length + 1, nextAt: null });
  expect(await sendDue()).toBe(0);
  on.receiver.answer = 200;
  expect(await redeliver(on.context, id)).toMatchObject({ id, status: 'pending' });
  await sendDue();
  expect(await only()).toMatchObject({ id, status: 'delivered' });
  expect(new Set(on.receiver.hooks.map((hook) => hook.id))).toEqual(new Set([id]));
  await expect(redeliver(asMember(on.context), id)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(redeliver(await createContext(), id)).rejects.toMatchObject({ code: 'not-found' });
});

test('a receiver that is gone switches its channel off, and later messages are not sent', async () => {
  vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  const id = String(await plan());
  on.receiver.answer = 410;
  await sendDue();
  expect(await only()).toMatchObject({ status: 'failed', attempts: 1 });
  const { channels } = await listChannels(on.context);
  expect(channels[0]).toMatchObject({ enabled: false, disabledWhy: expect.stringContaining('410') });
  const { items } = await listAttention(on.context);
  expect(items.find(({ kind }) => kind === 'channel-off')).toMatchObject({ actions: [{ label: 'Switch on' }] });
  await expect(redeliver(on.context, id)).rejects.toMatchObject({ code: 'not-ready' });
  await updateChannel(on.context, on.channelId, { enabled: true });
  on.receiver.answer = 200;
  await redeliver(on.context, id);
  await sendDue();
  expect(await only()).toMatchObject({ status: 'delivered' });
  const { rows } = await pool().query(`select action, after from audit where action = 'channel.disable'`);
  expect(rows).toMatchObject([{ after: { why: expect.stringContaining('410') } }]);
});

test('a channel is switched off after failures in a row, which an arrival ends', async () => {
  vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  const failures = async () => (await listChannels(on.context)).channels[0]?.failures;
  const failNext = async () => {
    await plan();
    // The last try.
    await pool().query(`update notification_delivery set attempt = $1 where status = 'pending'`, [
      RETRY_SECONDS.length,
    ]);
    on.receiver.answer = 500;
    await sendDue();
  };
  for (let i = 1; i < MAX_FAILURES; i++) await failNext();
  expect(await failures()).toBe(MAX_FAILURES - 1);
  on.receiver.answer = 200;
  await testChannel(on.context, on.channelId);
  expect(await failures()).toBe(0);
  for (let i = 0; i < MAX_FAILURES; i++) await failNext();
  expect((await listChannels(on.context)).channels[0]).toMatchObject({
    enabled: false,
    disabledWhy: expect.stringContaining(`${MAX_FAILURES} deliveries in a row failed`),
  });
});

test('administrators are told by mail and on the overview when a channel is switched off; others get no mail', async () => {
  vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  const [ana, ben] = [
    await createMember(on.context, { email: 'ana@example.org' }),
    await createMember(on.context, { email: 'ben@example.org', role: 'admin' }),
  ];
  await createMember(on.context, { email: 'mika@example.org', role: 'operator' });
  await createMember(await createContext(), { email: 'stranger@example.org' });
  const smtp = await startSmtpReceiver();
  Object.assign(env(), { SMTP_URL: smtp.url, MAIL_FROM: 'Batchyard <batchyard@example.org>' });
  try {
    await plan();
    on.receiver.answer = 410;
    await sendDue();
    await until('both have a mail', () => smtp.mails.length === 2);
    expect(smtp.mails.flatMap(({ to }) => to).sort()).toEqual([ana.email, ben.email]);
    expect(smtp.mails[0]).toMatchObject({
      subject: 'Receiver gets no more messages',
      text: expect.stringContaining('/settings/notifications'),
    });
    const { items } = await listAttention(ben.context);
    expect(items.find(({ kind }) => kind === 'channel-off')?.text).toContain('410');
  } finally {
    Object.assign(env(), { SMTP_URL: undefined, MAIL_FROM: undefined });
    await smtp.close();
  }
});

test('a try belongs to one process; a late record of another changes nothing', async () => {
  await plan();
  const [[first], [second]] = await Promise.all([claimDeliveries(50, []), claimDeliveries(50, [])]);
  const claimed = first ?? second;
  expect([first, second].filter(Boolean)).toHaveLength(1);
  if (!claimed) throw new Error('nothing was claimed');
  // Its process stands still until the lease has ended, and another one sends.
  await sendDue();
  expect(await only()).toMatchObject({ status: 'delivered', attempts: 2 });
  on.receiver.answer = 500;
  await deliver(claimed, new AbortController().signal);
  expect(await only()).toMatchObject({ status: 'delivered', attempts: 2 });
  expect(new Set(on.receiver.hooks.map((hook) => hook.id)).size).toBe(1);
});

test('a supervisor that stops gives its message back', async () => {
  await plan();
  on.receiver.answer = 'nothing';
  const [claimed] = await claimDeliveries(50, []);
  const stop = new AbortController();
  const sending = claimed && deliver(claimed, stop.signal);
  await vi.waitFor(() => expect(on.receiver.hooks).toHaveLength(1), { timeout: 600_000 });
  stop.abort(new Error('stops'));
  await sending;
  on.receiver.answer = 200;
  expect(await claimDeliveries(50, [])).toHaveLength(1);
});

test('a receiver with many messages is called by few at once', async () => {
  for (let i = 0; i < 5; i++) await plan({ name: String(i) });
  expect(await claimDeliveries(50, [])).toHaveLength(2);
  expect(await claimDeliveries(50, [on.channelId])).toHaveLength(0);
});

test('deliveries are filtered, and pages follow each other', async () => {
  for (let i = 0; i < 3; i++) await plan();
  const page = await listDeliveries(on.context, { limit: 2, channelId: on.channelId, status: 'pending' });
  expect(page.deliveries).toHaveLength(2);
  const rest = await listDeliveries(on.context, { limit: 2, cursor: String(page.nextCursor) });
  expect(rest).toMatchObject({ deliveries: [{}], nextCursor: null });
  expect((await listDeliveries(on.context, { limit: 2, channelId: 'no id' })).deliveries).toEqual([]);
  expect((await listDeliveries(await createContext(), { limit: 2 })).deliveries).toEqual([]);
});
