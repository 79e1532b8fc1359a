import type { ChannelKind } from '@/lib/contracts/channel';
import type { DeliveryDto, DeliveryStatus, DeliveryTry } from '@/lib/contracts/delivery';
import type { MessageData } from '@/lib/contracts/notification-events';
import { sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';

export const DELIVERY_COLUMNS = sql`d.id, d.type, d.kind, d.target, d.channel_id as "channelId", d.rule_id as "ruleId", d.owner_id as "ownerId",
  d.status, d.count, d.attempt, d.next_at as "nextAt", d.answer_status as "answerStatus", d.answer, d.error, d.tries, d.data, d.at,
  d.created_at as "createdAt", d.finished_at as "finishedAt"`;

export interface DeliveryRow {
  id: string;
  type: string;
  kind: ChannelKind;
  target: string;
  channelId: string | null;
  ruleId: string | null;
  ownerId: string | null;
  status: DeliveryStatus;
  count: number;
  attempt: number;
  nextAt: Date | null;
  answerStatus: number | null;
  answer: string | null;
  error: string | null;
  tries: DeliveryTry[];
  data: MessageData;
  at: Date;
  createdAt: Date;
  finishedAt: Date | null;
}

/** Receivers may answer with what was sent, so their words are hidden like the contents of jobs. */
export const toDeliveryDto = (row: DeliveryRow, door: Door): DeliveryDto => ({
  id: row.id,
  type: row.type,
  kind: row.kind,
  target: row.target,
  channelId: row.channelId,
  ruleId: row.ruleId,
  ownerId: row.ownerId,
  status: row.status,
  count: row.count,
  attempts: row.attempt,
  nextAt: row.nextAt?.toISOString() ?? null,
  answer:
    row.answerStatus === null ? null : { status: row.answerStatus, body: door.level === 'full' ? row.answer : null },
  error: row.error,
  tries: row.tries,
  data: door.level === 'full' ? row.data : labelled(row.data, door),
  at: row.at.toISOString(),
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

/** Names that somebody gave, and reasons that may repeat an error. */
function labelled({ name, why, events, ...rest }: MessageData, door: Door): MessageData {
  return {
    ...rest,
    ...(name === undefined ? {} : { name: door.label(name) }),
    ...(typeof why === 'string' ? { why: door.message(why) } : {}),
    ...(events === undefined ? {} : { events: events.map((each) => labelled(each, door)) }),
  };
}
