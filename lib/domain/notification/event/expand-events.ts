import type { ChannelKind } from '@/lib/contracts/channel';
import type { MessageData } from '@/lib/contracts/notification-events';
import { THRESHOLDS } from '@/lib/contracts/notification-rule';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { publicUrl } from '@/lib/domain/auth/origins';
import { insertDelivery, type NewDelivery } from '@/lib/domain/notification/delivery/insert-delivery';
import type { RuleRow } from '@/lib/domain/notification/rule/rule-row';
import { failureSubject } from './conditions';
import { joinGroup, waitOfNext } from './group';
import { matchesQuery } from './match-query';
import { raiseAlarm } from './watch-conditions';

/** Events that one transaction turns into deliveries. */
const CHUNK = 50;

export interface EventRow {
  id: string;
  organizationId: string;
  type: string;
  ownerId: string | null;
  ruleId: string | null;
  data: MessageData;
  at: Date;
}

interface Receiver {
  channelId: string | null;
  sealed: Buffer | null;
  kind: ChannelKind;
  target: string;
  lane: string;
  off: boolean;
}

type Rule = Pick<RuleRow, 'id' | 'events' | 'query' | 'thresholds'>;

/**
 * Turns events into deliveries: events leave the outbox in the transaction that stores what is sent, so each is sent once
 * to each receiver, whatever process dies. Any number of processes may do so at once.
 * @returns how many events there were
 */
export async function expandEvents(): Promise<number> {
  let count = 0;
  for (;;) {
    const done = await retrying(() => transaction(({ db }) => expandChunk(db)));
    count += done;
    if (done < CHUNK) return count;
  }
}

async function expandChunk(db: Queryable): Promise<number> {
  const { rows: events } = await db.query<EventRow>(
    sql`delete from notification_event e using (
       select n.id from notification_event n order by n.id limit ${CHUNK} for update skip locked) taken
     where e.id = taken.id
     returning e.id::text as id, e.organization_id as "organizationId", e.type, e.owner_id as "ownerId", e.rule_id as "ruleId", e.data, e.at`,
  );
  for (const event of events) {
    event.data = withLink(event);
    await tellTargets(db, event);
    for (const rule of await rulesOf(db, event)) await tellRule(db, event, rule);
  }
  return events.length;
}

const PAGES: readonly [keyof MessageData, string][] = [
  ['batchId', 'batches'],
  ['jobId', 'jobs'],
  ['flowId', 'flows'],
  ['scheduleId', 'schedules'],
];

function withLink({ data, type }: EventRow): MessageData {
  const page = PAGES.find(([key]) => typeof data[key] === 'string');
  if (page) return { ...data, link: `${publicUrl()}/${page[1]}/${data[page[0]]}` };
  return type === 'dead-letters.growing' ? { ...data, link: `${publicUrl()}/dead-letters` } : data;
}

/** Tells whom the launch named. */
async function tellTargets(db: Queryable, event: EventRow): Promise<void> {
  if (event.ownerId === null || !event.type.endsWith('.finished')) return;
  const { rows } = await db.query<Receiver>(
    sql`select t.channel_id as "channelId", t.sealed, coalesce(c.kind, 'webhook') as kind, coalesce(c.name, t.shown, '') as target,
       coalesce(t.channel_id::text, t.position || '@' || t.shown, '') as lane, c.disabled_at is not null as off
     from notification_target t left join notification_channel c on c.id = t.channel_id
     where t.owner_id = ${event.ownerId}::uuid and (t.channel_id is null or c.id is not null) order by t.position`,
  );
  for (const receiver of rows) await insertDelivery(db, deliveryOf(event, receiver));
}

/** Returns the types under which a rule may know an event: the end of a batch is also a failed or a partial one. */
const typesOf = ({ type, data }: EventRow): string[] =>
  type === 'batch.finished' ? [type, `batch.${data.status}`, 'batch.failure-rate'] : [type];

async function rulesOf(db: Queryable, event: EventRow): Promise<Rule[]> {
  const { rows } = await db.query<Rule>(
    sql`select r.id, r.events, r.query, r.thresholds from notification_rule r
     where r.organization_id = ${event.organizationId} and r.enabled and r.events && ${typesOf(event)}::text[]
       and (${event.ruleId}::uuid is null or r.id = ${event.ruleId}::uuid) order by r.id`,
  );
  return rows;
}

async function tellRule(db: Queryable, event: EventRow, rule: Rule): Promise<void> {
  const { batchId } = event.data;
  if (batchId !== undefined && rule.query !== null && rule.query !== '') {
    if (!(await matchesQuery(db, event.organizationId, batchId, rule.query))) return;
  }
  const { rows: receivers } = await db.query<Receiver>(
    sql`select c.id as "channelId", null::bytea as sealed, c.kind, c.name as target, c.id::text as lane, c.disabled_at is not null as off
     from notification_rule_channel l join notification_channel c on c.id = l.channel_id where l.rule_id = ${rule.id}::uuid order by c.id`,
  );
  const types: string[] = [];
  for (const type of typesOf(event).filter((each) => rule.events.includes(each))) {
    // While it runs, such an event is one of its own.
    if (type === event.type || type !== 'batch.failure-rate' || (await crossedLate(db, event, rule))) types.push(type);
  }
  for (const receiver of receivers) {
    for (const type of types) {
      const delivery = { ...deliveryOf(event, receiver), type, ruleId: rule.id };
      if (await joinGroup(db, delivery)) continue;
      await insertDelivery(db, { ...delivery, waitSeconds: await waitOfNext(db, delivery) });
    }
  }
}

/** Whether a batch that has ended crossed the rate of a rule, which was not noticed while it ran: short runs end earlier. */
async function crossedLate(db: Queryable, { data }: EventRow, { id, thresholds }: Rule): Promise<boolean> {
  const { batchId, completed = 0, failed = 0, run } = data;
  const { failureRate = THRESHOLDS.failureRate, minFinished = THRESHOLDS.minFinished } = thresholds;
  const finished = completed + failed;
  if (batchId === undefined || failed === 0 || finished < minFinished || failed < failureRate * finished) return false;
  return raiseAlarm(db, id, 'batch.failure-rate', failureSubject(batchId, Number(run)));
}

const deliveryOf = (event: EventRow, { off, ...receiver }: Receiver): NewDelivery => ({
  ...receiver,
  organizationId: event.organizationId,
  type: event.type,
  eventId: event.id,
  ownerId: event.ownerId,
  ruleId: null,
  data: event.data,
  at: event.at,
  refusal: off ? 'The channel is switched off.' : null,
  waitSeconds: 0,
});
