import type { ChannelKind } from '@/lib/contracts/channel';
import type { MessageData } from '@/lib/contracts/notification-events';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';

/** How long a try belongs to one process: longer than any receiver is waited for. Then another may try, with the same id. */
const LEASE_SECONDS = 45;
/** Deliveries that are looked at, so that one receiver with many does not hide the others. */
const SEEN = 1000;
/** Messages to one receiver, and of one organization, that one claim takes. */
const PER_LANE = 2;
const PER_ORGANIZATION = 16;

/** A try that belongs to this process. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  type: string;
  kind: ChannelKind;
  channelId: string | null;
  lane: string;
  /** of the channel, or of the address that a launch named; null if the channel was deleted */
  sealed: Buffer | null;
  data: MessageData;
  at: Date;
  count: number;
  /** number of this try: the fencing token of its record */
  attempt: number;
  attemptsBefore: number;
}

const COLUMNS = sql`d.id, d.organization_id as "organizationId", d.type, d.kind, d.channel_id as "channelId", d.lane,
  coalesce(d.sealed, (select c.sealed from notification_channel c where c.id = d.channel_id)) as sealed, d.data, d.at, d.count, d.attempt,
  d.attempts_before as "attemptsBefore"`;

/** What is due. A stored time is rounded, so it may be half a millisecond later than the moment it was made. */
const DUE = sql`now() + interval '1 millisecond'`;

const TAKE = sql`attempt = d.attempt + 1, sending = true, next_at = now() + make_interval(secs => ${LEASE_SECONDS})`;

/**
 * Claims deliveries that are due. Slow receivers hold up nobody else: each is called by few at once.
 * @param most how many
 * @param busy lanes that have as many calls as they may have
 */
export async function claimDeliveries(most: number, busy: readonly string[]): Promise<ClaimedDelivery[]> {
  const { rows } = await pool().query<ClaimedDelivery>(
    sql`with seen as (
       select s.id, s.organization_id, s.lane, s.next_at from notification_delivery s
       where s.status = 'pending' and s.next_at <= ${DUE} and s.lane <> all(${busy}::text[]) order by s.next_at limit ${SEEN}),
     ranked as (
       select r.id, r.next_at, row_number() over (partition by r.lane order by r.next_at, r.id) as in_lane,
         row_number() over (partition by r.organization_id order by r.next_at, r.id) as in_organization
       from seen r),
     due as (
       select u.id from ranked u where u.in_lane <= ${sql.literal(PER_LANE)} and u.in_organization <= ${sql.literal(PER_ORGANIZATION)}
       order by u.next_at limit ${most})
     update notification_delivery d set ${TAKE} from due
     where d.id = due.id and d.status = 'pending' and d.next_at <= ${DUE} returning ${COLUMNS}`,
  );
  return rows;
}

/** Claims one delivery, for who waits for its outcome. @param which an SQL condition on `notification_delivery d` */
export async function claimDelivery(which: Sql): Promise<ClaimedDelivery | undefined> {
  const { rows } = await pool().query<ClaimedDelivery>(
    sql`update notification_delivery d set ${TAKE} where d.status = 'pending' and d.next_at <= ${DUE} and ${which} returning ${COLUMNS}`,
  );
  return rows[0];
}
