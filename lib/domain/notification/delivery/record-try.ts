import { logger } from '@/lib/config/logger';
import { type DeliveryTry, MAX_FAILURES, RETRY_SECONDS } from '@/lib/contracts/delivery';
import { stringifyJson } from '@/lib/contracts/json';
import { ROLES, roleHas } from '@/lib/contracts/permissions';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { publicUrl } from '@/lib/domain/auth/origins';
import { systemContext } from '@/lib/domain/context';
import { sendMail } from '@/lib/domain/mail/send-mail';
import type { ClaimedDelivery } from './claim-deliveries';
import type { TryOutcome } from './send';

/** Tries that a delivery keeps in its log. */
const KEPT_TRIES = 20;
/** Roles that may switch a channel on again. */
const MANAGERS = ROLES.filter((role) => roleHas(role, 'channel.update'));
/** Administrators who get a mail when a channel was switched off; the others see it on the overview. */
const MAX_TOLD = 20;
/** A receiver that asks for patience gets at most this, in seconds. */
const LONGEST_WAIT = 3600;

/**
 * Records a try, if it still is the last one, and plans the next. A channel that fails again and again is switched off.
 * @param ms how long the try took
 */
export async function recordTry(delivery: ClaimedDelivery, outcome: TryOutcome, ms: number): Promise<void> {
  const wait = waitAfter(delivery, outcome);
  const status = outcome.delivered ? 'delivered' : wait === null ? 'failed' : 'pending';
  const entry: DeliveryTry = {
    at: new Date(Date.now() - ms).toISOString(),
    status: outcome.status,
    error: outcome.error,
    ms: Math.max(0, Math.round(ms)),
  };
  await transaction(async (tx) => {
    const { rowCount } = await tx.db.query(
      sql`update notification_delivery d set status = ${status}, sending = false,
         next_at = now() + make_interval(secs => ${wait}::float8), finished_at = case when ${status}::text = 'pending' then null else now() end,
         answer_status = ${outcome.status}::int, answer = ${outcome.answer}, error = ${outcome.error},
         tries = (select coalesce(json_agg(t.entry order by t.place), '[]') from (
           select e.entry, e.place from json_array_elements(d.tries) with ordinality as e(entry, place)
           union all select ${stringifyJson(entry)}::json, 1000000
           order by 2 desc limit ${KEPT_TRIES}) t)
       where d.id = ${delivery.id}::uuid and d.attempt = ${delivery.attempt}::int and d.status = 'pending'`,
    );
    if (!rowCount || delivery.channelId === null || status === 'pending') return;
    if (outcome.delivered) await noteArrival(tx.db, delivery.channelId);
    else await noteFailure(tx, delivery, delivery.channelId, outcome);
  });
}

/** Seconds until the next try; null if there is none. */
function waitAfter({ attempt, attemptsBefore }: ClaimedDelivery, outcome: TryOutcome): number | null {
  if (outcome.delivered || outcome.final) return null;
  const planned = RETRY_SECONDS[attempt - attemptsBefore - 1];
  return planned === undefined ? null : Math.max(planned, Math.min(outcome.retryAfterSeconds ?? 0, LONGEST_WAIT));
}

const noteArrival = (db: Queryable, channelId: string) =>
  db.query(sql`update notification_channel set failures = 0, delivered_at = now() where id = ${channelId}::uuid`);

async function noteFailure(
  { db, afterCommit }: Transaction,
  { organizationId, type }: ClaimedDelivery,
  channelId: string,
  outcome: TryOutcome,
): Promise<void> {
  // Whoever tests a channel sees what came of it.
  const counted = type === 'channel.test' ? 0 : 1;
  const { rows } = await db.query<{ name: string; failures: number; off: boolean }>(
    sql`update notification_channel set failures = failures + ${counted}::int where id = ${channelId}::uuid
     returning name, failures, disabled_at is not null as off`,
  );
  const channel = rows[0];
  if (!channel || channel.off || !(outcome.gone || channel.failures >= MAX_FAILURES)) return;
  const why = outcome.gone
    ? 'The receiver answered 410: it wants no more messages.'
    : `${channel.failures} deliveries in a row failed. The last one: ${outcome.error ?? 'no reason is known'}`;
  await db.query(
    sql`update notification_channel set disabled_at = now(), disabled_why = ${why}, updated_at = now() where id = ${channelId}::uuid`,
  );
  const target = { kind: 'channel', id: channelId, name: channel.name };
  await audit(db, systemContext(organizationId), 'channel.disable', target, { after: { why } });
  logger.warn({ channelId, organizationId, why }, 'A notification channel was switched off. Nothing is sent to it.');
  const administrators = await db.query<{ email: string }>(
    sql`select u.email from member m join "user" u on u.id = m.user_id
     where m.organization_id = ${organizationId} and m.role = any(${MANAGERS}::text[]) order by m.created_at, m.id limit ${MAX_TOLD}`,
  );
  const text = `The channel ${channel.name} of Batchyard was switched off.\n\n${why}\n\nMessages that were not sent can be sent again from the log, after the channel is switched on: ${publicUrl()}/settings/notifications\n`;
  const subject = `${channel.name} gets no more messages`;
  for (const { email } of administrators.rows) afterCommit(() => void sendMail({ to: email, subject, text }));
}
