import type { ChannelKind } from '@/lib/contracts/channel';
import { stringifyJson } from '@/lib/contracts/json';
import type { MessageData } from '@/lib/contracts/notification-events';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

export interface NewDelivery {
  organizationId: string;
  type: string;
  eventId: string | null;
  ownerId: string | null;
  ruleId: string | null;
  channelId: string | null;
  /** of an address that a launch named */
  sealed: Buffer | null;
  kind: ChannelKind;
  target: string;
  lane: string;
  data: MessageData;
  at: Date;
  /** why it is not sent at all */
  refusal: string | null;
  /** seconds until the first try; meanwhile other events may join it */
  waitSeconds: number;
}

/** Stores a message that is to be sent: one for each event, type and receiver. @returns its id; undefined if there is one already */
export async function insertDelivery(db: Queryable, given: NewDelivery): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    sql`insert into notification_delivery (id, organization_id, type, event_id, owner_id, rule_id, channel_id, sealed, kind, target, lane, data, at,
       status, error, next_at, finished_at)
     values (${newId()}::uuid, ${given.organizationId}, ${given.type}, ${given.eventId}::bigint, ${given.ownerId}::uuid, ${given.ruleId}::uuid,
       ${given.channelId}::uuid, ${given.sealed}::bytea, ${given.kind}, ${given.target}, ${given.lane}, ${stringifyJson(given.data)}::json, ${given.at}::timestamptz,
       case when ${given.refusal}::text is null then 'pending' else 'failed' end, ${given.refusal}::text,
       case when ${given.refusal}::text is null then now() + make_interval(secs => ${given.waitSeconds}::float8) end,
       case when ${given.refusal}::text is not null then now() end)
     on conflict do nothing returning id`,
  );
  return rows[0]?.id;
}
