import type { DeliveryList, ListDeliveriesQuery } from '@/lib/contracts/delivery';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { DELIVERY_COLUMNS, type DeliveryRow, toDeliveryDto } from './delivery-row';

/** Lists what was sent and what is to be sent, newest first. @throws DomainError `forbidden` */
export async function listDeliveries(context: Context, query: ListDeliveriesQuery): Promise<DeliveryList> {
  requirePermission(context, 'delivery.see');
  const where = [sql`d.organization_id = ${context.organizationId}`];
  if (query.status) where.push(sql`d.status = ${query.status}`);
  if (query.type) where.push(sql`d.type = ${query.type}`);
  if (query.channelId !== undefined) where.push(sql`d.channel_id = any(${ids(query.channelId)}::uuid[])`);
  if (query.ruleId !== undefined) where.push(sql`d.rule_id = any(${ids(query.ruleId)}::uuid[])`);
  if (query.ownerId !== undefined) where.push(sql`d.owner_id = any(${ids(query.ownerId)}::uuid[])`);
  if (query.cursor !== undefined) where.push(sql`d.id < ${query.cursor}::uuid`);
  const { rows } = await pool().query<DeliveryRow>(
    sql`select ${DELIVERY_COLUMNS} from notification_delivery d where ${sql.join(where, ' and ')}
     order by d.id desc limit ${query.limit + 1}`,
  );
  const door = await openDoor(context);
  const shown = rows.slice(0, query.limit);
  return {
    deliveries: shown.map((row) => toDeliveryDto(row, door)),
    nextCursor: rows.length > query.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** An id that cannot exist finds nothing. */
const ids = (given: string): string[] => (isId(given) ? [given] : []);
