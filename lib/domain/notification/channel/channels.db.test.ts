import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import { createChannelBody } from '@/lib/contracts/channel';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext, createMember } from '@/lib/testing/factories';
import { type HookReceiver, startHookReceiver } from '@/lib/testing/hook-receiver';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';
import { createChannel } from './create-channel';
import { deleteChannel } from './delete-channel';
import { listChannels } from './list-channels';
import { createSigningSecret } from './signing-secret';
import { testChannel } from './test-channel';
import { updateChannel } from './update-channel';

const allow = (text: string) => {
  const rules = parseOutboundRules(text);
  if ('wrong' in rules) throw new Error(`${rules.wrong} is no rule`);
  Object.assign(env(), { OUTBOUND_ALLOW: rules });
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );

let context: Context;
let receiver: HookReceiver;

// The client reads its rules once in a process, and the port is chosen by the system.
beforeAll(() => allow('127.0.0.1'));
beforeEach(async () => {
  context = await createContext();
  receiver = await startHookReceiver();
});
afterEach(() => receiver.close());

const webhook = (config: { url: string; secret?: string }) =>
  createChannel(context, createChannelBody.parse({ kind: 'webhook', name: 'Receiver', config }));

test('the secret of a webhook is made and shown once, and is stored nowhere in clear', async () => {
  const { channel, secret } = await webhook({ url: receiver.url });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(channel).toMatchObject({ kind: 'webhook', config: { url: receiver.url }, enabled: true, failures: 0 });
  const key = String(secret).slice(6);
  expect(JSON.stringify([await listChannels(context), channel])).not.toContain(key);
  const { rows } = await pool().query(
    'select c::text from notification_channel c union all select a::text from audit a',
  );
  expect(JSON.stringify(rows)).not.toContain(key);
  expect((await webhook({ url: receiver.url, secret: String(secret) })).secret).toBeUndefined();
});

test('a test message arrives, and a library that knows nothing of the product verifies it', async () => {
  const { channel, secret } = await webhook({ url: receiver.url });
  const delivery = await testChannel(context, channel.id);
  expect(delivery).toMatchObject({
    type: 'channel.test',
    status: 'delivered',
    attempts: 1,
    answer: { status: 200, body: 'thank you' },
    error: null,
  });
  receiver.verify(String(secret));
  const [hook] = receiver.hooks;
  expect(hook).toMatchObject({ id: delivery.id, event: { type: 'channel.test', timestamp: delivery.at } });
  expect((await listChannels(context)).channels[0]?.deliveredAt).not.toBeNull();
});

test.each(['slack', 'discord', 'teams'] as const)(
  'a message for %s has the form that the service wants',
  async (kind) => {
    const { channel } = await createChannel(context, { kind, name: 'Chat', config: { url: receiver.url } });
    // Whoever has the address can write there.
    expect(channel.config.url).not.toContain('hook');
    expect(await testChannel(context, channel.id)).toMatchObject({ status: 'delivered' });
    const body = JSON.parse(receiver.hooks[0]?.body ?? '');
    if (kind === 'slack') expect(body).toMatchObject({ text: 'A test of this channel', blocks: [{ type: 'section' }] });
    if (kind === 'discord')
      expect(body).toMatchObject({ embeds: [{ title: 'A test of this channel' }], allowed_mentions: { parse: [] } });
    if (kind === 'teams')
      expect(body).toMatchObject({ type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] });
    expect(receiver.hooks[0]?.headers).not.toHaveProperty('webhook-signature');
  },
);

test('mail goes to addresses and members, and without a mail server a channel is refused with the reason', async () => {
  const member = await createMember(context, { email: 'ben@example.org' });
  const body = createChannelBody.parse({
    kind: 'email',
    name: 'Night shift',
    config: { to: ['night@example.org'], memberIds: [member.memberId] },
  });
  await expect(createChannel(context, body)).rejects.toMatchObject({
    code: 'invalid-channel',
    message: expect.stringContaining('no mail server'),
  });
  const smtp = await startSmtpReceiver();
  Object.assign(env(), { SMTP_URL: smtp.url, MAIL_FROM: 'Batchyard <batchyard@example.org>' });
  try {
    const { channel } = await createChannel(context, body);
    expect(await testChannel(context, channel.id)).toMatchObject({ status: 'delivered', answer: null });
    expect(smtp.mails).toEqual([
      {
        to: expect.arrayContaining(['night@example.org', 'ben@example.org']),
        subject: 'A test of this channel',
        text: expect.stringContaining('Nothing has happened'),
      },
    ]);
    const unknown = createChannelBody.parse({ ...body, config: { memberIds: [randomUUID()] } });
    expect(await codeOf(createChannel(context, unknown))).toBe('invalid-channel');
    await smtp.close();
    expect(await testChannel(context, channel.id)).toMatchObject({
      status: 'pending',
      error: 'The mail server did not accept it (ESOCKET).',
    });
  } finally {
    Object.assign(env(), { SMTP_URL: undefined, MAIL_FROM: undefined });
  }
});

test.each([
  'http://10.0.0.1/',
  'http://127.0.0.2:9/',
  'http://[::1]/',
  'http://169.254.169.254/latest',
  'https://u:p@example.org/',
])('the address %s is refused', async (url) => {
  await expect(webhook({ url })).rejects.toMatchObject({
    code: 'invalid-channel',
    errors: [{ path: 'config.url' }],
  });
  const { channel } = await webhook({ url: receiver.url });
  expect(await codeOf(updateChannel(context, channel.id, { config: { url } }))).toBe('invalid-channel');
});

test('a changed webhook keeps its secret, and a configuration of another kind is refused', async () => {
  const { channel, secret } = await webhook({ url: receiver.url });
  const changed = await updateChannel(context, channel.id, {
    name: 'Other',
    config: { url: `${receiver.url}?token=1` },
  });
  expect(changed).toMatchObject({ name: 'Other', config: { url: `${receiver.url}?…` } });
  await testChannel(context, channel.id);
  receiver.verify(String(secret));
  expect(await codeOf(updateChannel(context, channel.id, { config: { to: ['a@example.org'] } }))).toBe(
    'invalid-request',
  );
});

test('who is no administrator sees channels and changes none, and other organizations see nothing', async () => {
  const { channel } = await webhook({ url: receiver.url });
  const [operator, viewer, stranger] = [asMember(context), asMember(context, 'viewer'), await createContext()];
  expect((await listChannels(operator)).channels).toHaveLength(1);
  expect(await codeOf(listChannels(viewer))).toBe('forbidden');
  expect((await listChannels(stranger)).channels).toEqual([]);
  for (const [who, code] of [
    [operator, 'forbidden'],
    [stranger, 'not-found'],
  ] as const) {
    expect(await codeOf(testChannel(who, channel.id))).toBe(code);
    expect(await codeOf(updateChannel(who, channel.id, { enabled: false }))).toBe(code);
    expect(await codeOf(deleteChannel(who, channel.id))).toBe(code);
  }
  expect(await codeOf(createSigningSecret(operator))).toBe('forbidden');
  expect(await codeOf(testChannel(context, 'no id'))).toBe('not-found');
  expect(receiver.hooks).toEqual([]);
});

test('a channel that is switched off gets no test, until it is switched on', async () => {
  const { channel } = await webhook({ url: receiver.url });
  expect(await updateChannel(context, channel.id, { enabled: false })).toMatchObject({
    enabled: false,
    disabledWhy: null,
  });
  expect(await codeOf(testChannel(context, channel.id))).toBe('not-ready');
  expect(await updateChannel(context, channel.id, { enabled: true })).toMatchObject({
    enabled: true,
    disabledAt: null,
  });
  expect(await testChannel(context, channel.id)).toMatchObject({ status: 'delivered' });
});
