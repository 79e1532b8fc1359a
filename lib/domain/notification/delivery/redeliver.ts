import type { DeliveryDto } from '@/lib/contracts/delivery';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import { DELIVERY_COLUMNS, type DeliveryRow, toDeliveryDto } from './delivery-row';

/**
 * Sends a message again, with the same id, so that a receiver which has it already can see that. One that still waits for
 * its next try is tried now.
 * @throws DomainError `forbidden`, `not-found`; `not-ready` if its channel is switched off or deleted
 */
export async function redeliver(context: Context, id: string): Promise<DeliveryDto> {
  requirePermission(context, 'delivery.redeliver');
  if (!isId(id)) throw notFound('delivery', id);
  const door = await openDoor(context);
  return transaction(async ({ db }) => {
    const { rows: found } = await db.query<{ state: 'open' | 'off' | 'gone' }>(
      sql`select case when d.channel_id is null then 'open' when c.id is null then 'gone' when c.disabled_at is not null then 'off' else 'open' end as state
       from notification_delivery d left join notification_channel c on c.id = d.channel_id
       where d.id = ${id}::uuid and d.organization_id = ${context.organizationId} for update of d`,
    );
    if (!found[0]) throw notFound('delivery', id);
    const { state } = found[0];
    if (state === 'gone') throw new DomainError('not-ready', 'Its channel was deleted.');
    if (state === 'off') throw new DomainError('not-ready', 'Its channel is switched off. Switch it on first.');
    // While a try runs, its own outcome decides what follows.
    await db.query(
      sql`update notification_delivery d set status = 'pending', next_at = now(), finished_at = null,
         attempts_before = case when d.status = 'pending' then d.attempts_before else d.attempt end
       where d.id = ${id}::uuid and not (d.status = 'pending' and d.sending and d.next_at > now())`,
    );
    await audit(db, context, 'delivery.redeliver', { kind: 'delivery', id });
    const { rows } = await db.query<DeliveryRow>(
      sql`select ${DELIVERY_COLUMNS} from notification_delivery d where d.id = ${id}::uuid`,
    );
    if (!rows[0]) throw notFound('delivery', id);
    return toDeliveryDto(rows[0], door);
  });
}
