import { stringifyJson } from '@/lib/contracts/json';
import type { MessageData } from '@/lib/contracts/notification-events';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { NewDelivery } from '@/lib/domain/notification/delivery/insert-delivery';

/** Messages of a rule that a receiver gets one by one within the window; what follows is collected into one. */
const ONE_BY_ONE = { program: 10, people: 3 };
const WINDOW_SECONDS = 60;
/** Events that a grouped message describes; the others are counted. */
const DESCRIBED = 20;

/**
 * Adds an event to a message of the same rule, type and receiver that collects events, if there is one.
 * @returns whether it did
 */
export async function joinGroup(db: Queryable, given: NewDelivery): Promise<boolean> {
  if (given.channelId === null || given.refusal !== null) return false;
  // Serializes the events of a receiver, so that they agree on who collects.
  await db.query(sql`select 1 from notification_channel where id = ${given.channelId}::uuid for no key update`);
  const { rows } = await db.query<{ id: string; data: MessageData; count: number }>(
    sql`select d.id, d.data, d.count from notification_delivery d
     where d.rule_id = ${given.ruleId}::uuid and d.channel_id = ${given.channelId}::uuid and d.type = ${given.type} and d.status = 'pending' and d.attempt = 0
       and d.next_at > now() + interval '1 millisecond' and d.created_at > now() - make_interval(secs => ${WINDOW_SECONDS * 2}) order by d.id desc limit 1 for update`,
  );
  const group = rows[0];
  if (!group) return false;
  const { events: before, ...first } = group.data;
  const described = before ?? [first];
  const events = described.length < DESCRIBED ? [...described, given.data] : described;
  await db.query(
    sql`update notification_delivery set count = count + 1, data = ${stringifyJson({ ...first, events })}::json where id = ${group.id}::uuid`,
  );
  return true;
}

/** Returns the seconds until a new message is sent: it collects events if the rule has sent the receiver many of late. */
export async function waitOfNext(db: Queryable, { ruleId, channelId, type, kind }: NewDelivery): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    sql`select count(*)::int as count from notification_delivery d where d.rule_id = ${ruleId}::uuid and d.channel_id = ${channelId}::uuid
     and d.type = ${type} and d.created_at > now() - make_interval(secs => ${WINDOW_SECONDS})`,
  );
  const most = kind === 'webhook' ? ONE_BY_ONE.program : ONE_BY_ONE.people;
  return (rows[0]?.count ?? 0) < most ? 0 : WINDOW_SECONDS;
}
