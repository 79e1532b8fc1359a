import { afterAll, beforeAll, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { listDeliveries } from '@/lib/domain/notification/delivery/list-deliveries';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { createContext } from '@/lib/testing/factories';
import { type HookReceiver, startHookReceiver } from '@/lib/testing/hook-receiver';
import { asItems } from '@/lib/testing/items';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

const ALLOWED = '127.0.0.1';
const BATCHES = 5;

let context: Context;
let receiver: HookReceiver;
let secret: string;
let channelId: string;
let workers: Workers[];

beforeAll(async () => {
  Object.assign(env(), { OUTBOUND_ALLOW: parseOutboundRules(ALLOWED) });
  context = await createContext();
  receiver = await startHookReceiver();
  const made = await createChannel(context, { kind: 'webhook', name: 'Receiver', config: { url: receiver.url } });
  channelId = made.channel.id;
  secret = String(made.secret);
  await createRule(context, { name: 'r', on: ['batch.failed'], channelIds: [channelId], enabled: true });
  workers = await Promise.all([start(), start()]);
});

afterAll(async () => {
  for (const each of workers) expect(await each.stop()).toBe(0);
  await receiver.close();
});

const start = () => startWorkers({ OUTBOUND_ALLOW: ALLOWED, MAX_ACTIVE_BATCHES: '8' });

const launch = async (outcome: 'complete' | 'fail') => {
  const { result } = await launchBatch(context, {
    fields: {
      name: 'told',
      type: 'diagnostic',
      start: 'queue',
      options: { maxAttempts: 1 },
      notify: [{ channelId }],
    },
    items: asItems([{ outcome }]),
  });
  return result.batchId;
};

const deliveries = async () => (await listDeliveries(context, { limit: 100 })).deliveries;
/** What waits for its next try is due now. */
const hurry = () =>
  pool().query(`update notification_delivery set next_at = now() where status = 'pending' and not sending`);

test('a receiver fails, hangs and comes back, and a supervisor is killed: each event arrives with one id', async () => {
  receiver.answer = 500;
  const ids = await Promise.all(Array.from({ length: BATCHES }, (_, i) => launch(i === 0 ? 'fail' : 'complete')));
  // The end of each batch, and of the failed one also what the rule reports.
  await until('each event was tried', async () => {
    const found = await deliveries();
    return found.length === BATCHES + 1 && found.every(({ attempts }) => attempts > 0);
  });
  receiver.answer = 'nothing';
  const before = receiver.hooks.length;
  await hurry();
  await until('a try hangs', () => receiver.hooks.length > before);
  workers.shift()?.process.kill('SIGKILL');
  receiver.answer = 200;
  await until('all have arrived', async () => {
    await hurry();
    return (await deliveries()).every(({ status }) => status === 'delivered');
  });
  const found = await deliveries();
  expect(found).toHaveLength(BATCHES + 1);
  expect(new Set(receiver.hooks.map(({ id }) => id))).toEqual(new Set(found.map(({ id }) => id)));
  receiver.verify(secret);
  for (const batchId of ids) {
    const ends = receiver.hooks.filter(
      ({ event }) => event.type === 'batch.finished' && event.data.batchId === batchId,
    );
    expect(new Set(ends.map(({ id }) => id)).size).toBe(1);
    // A message says the same in every try.
    expect(new Set(ends.map(({ body }) => body)).size).toBe(1);
  }
  const failed = receiver.hooks.filter(({ event }) => event.type === 'batch.failed');
  expect(new Set(failed.map(({ event }) => event.data.batchId))).toEqual(new Set([ids[0]]));
});
