import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { env } from '@/lib/config/env';
import { parseOutboundRules } from '@/lib/config/outbound';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import type { MessageData } from '@/lib/contracts/notification-events';
import { type CreateRuleBody, createRuleBody, type RuleDto } from '@/lib/contracts/notification-rule';
import { pool } from '@/lib/db/pool';
import { settleNow } from '@/lib/domain/batch/settle';
import type { Context } from '@/lib/domain/context';
import { createChannel } from '@/lib/domain/notification/channel/create-channel';
import { claimDeliveries } from '@/lib/domain/notification/delivery/claim-deliveries';
import { deliver } from '@/lib/domain/notification/delivery/deliver';
import { listDeliveries } from '@/lib/domain/notification/delivery/list-deliveries';
import { expandEvents } from '@/lib/domain/notification/event/expand-events';
import { createRule } from '@/lib/domain/notification/rule/create-rule';
import { createContext, seedBatch } from './factories';
import { type HookReceiver, startHookReceiver } from './hook-receiver';

/** An organization with a receiver of webhooks, and what tests do with both. */
export interface Listener {
  context: Context;
  receiver: HookReceiver;
  /** of a channel that sends to the receiver */
  channelId: string;
  /** the secret of that channel */
  secret: string;
}

/** Gives each test of a file an organization, and a receiver that its channel sends to. */
export function useListener(): Listener {
  const listener = {} as Listener;
  // The client reads its rules once in a process, and the port is chosen by the system.
  beforeAll(() => {
    Object.assign(env(), { OUTBOUND_ALLOW: parseOutboundRules('127.0.0.1'), MAX_ACTIVE_BATCHES: 100 });
  });
  beforeEach(async () => {
    await pool().query('delete from notification_delivery');
    await pool().query('delete from notification_rule');
    listener.context = await createContext();
    listener.receiver = await startHookReceiver();
    const config = { url: listener.receiver.url };
    const made = await createChannel(listener.context, { kind: 'webhook', name: 'Receiver', config });
    listener.channelId = made.channel.id;
    listener.secret = String(made.secret);
  });
  afterEach(() => listener.receiver.close());
  return listener;
}

/** Makes a rule that sends to the receiver. */
export const createRuleFor = (
  { context, channelId }: Listener,
  fields: Partial<CreateRuleBody> = {},
): Promise<RuleDto> =>
  createRule(context, createRuleBody.parse({ name: 'r', on: ['batch.finished'], channelIds: [channelId], ...fields }));

/** Ends a new batch with such items. @returns its id */
export async function endBatch(
  context: Context,
  statuses: ('completed' | 'failed')[],
  fields: { name?: string; type?: string } = {},
): Promise<string> {
  const { batchId } = await seedBatch(context, { ...fields, statuses: [...statuses] });
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  await pool().query('delete from notification_event');
  expect(await settleNow(pool(), batchId)).toEqual({ finished: true });
  return batchId;
}

/** Turns events into messages, as a supervisor does. @returns all messages of the organization, oldest first */
export async function expanded(context: Context): Promise<(DeliveryDto & { data: MessageData })[]> {
  await expandEvents();
  const { deliveries } = await listDeliveries(context, { limit: 100 });
  return deliveries.map((each) => ({ ...each, data: each.data as MessageData })).reverse();
}

/** Makes every message due, and sends what can be sent. @returns how many tries */
export async function sendDue(): Promise<number> {
  await pool().query(`update notification_delivery set next_at = now() - interval '1 second' where status = 'pending'`);
  const claimed = await claimDeliveries(50, []);
  for (const each of claimed) await deliver(each, new AbortController().signal);
  return claimed.length;
}

/** The code with which something is refused. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error) => error.code,
  );
