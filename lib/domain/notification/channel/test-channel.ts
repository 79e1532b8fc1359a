import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import { must } from '@/lib/contracts/must';
import { exampleData } from '@/lib/contracts/notification-events';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { claimDelivery } from '@/lib/domain/notification/delivery/claim-deliveries';
import { deliver } from '@/lib/domain/notification/delivery/deliver';
import { DELIVERY_COLUMNS, type DeliveryRow, toDeliveryDto } from '@/lib/domain/notification/delivery/delivery-row';
import { insertDelivery } from '@/lib/domain/notification/delivery/insert-delivery';
import { openDoor } from '@/lib/domain/redaction/door';
import { lockChannel } from './channel-row';

/** How long the caller waits for the receiver. After that the delivery goes on, and the log says what came of it. */
const WAIT_MS = 5_000;

/**
 * Sends a test message, which is delivered and tried again like any other.
 * @returns the delivery after its first try, or as it is after 5 s
 * @throws DomainError `forbidden`, `not-found`; `not-ready` if the channel is switched off
 */
export async function testChannel(context: Context, id: string): Promise<DeliveryDto> {
  requirePermission(context, 'channel.test');
  const { organizationId } = context;
  const deliveryId = await transaction(async ({ db }) => {
    const channel = await lockChannel(db, context, id);
    if (channel.disabledAt) throw new DomainError('not-ready', 'The channel is switched off. Switch it on first.');
    await audit(db, context, 'channel.test', { kind: 'channel', id, name: channel.name });
    const inserted = await insertDelivery(db, {
      organizationId,
      type: 'channel.test',
      eventId: null,
      ownerId: null,
      ruleId: null,
      channelId: id,
      sealed: null,
      kind: channel.kind,
      target: channel.name,
      lane: id,
      data: { channelId: id, channelName: channel.name, ...exampleData('channel.test') },
      at: new Date(),
      refusal: null,
      waitSeconds: 0,
    });
    return must(inserted, 'The test message');
  });
  const claimed = await claimDelivery(sql`d.id = ${deliveryId}::uuid`);
  const waited = new AbortController();
  if (claimed) {
    const sending = deliver(claimed, new AbortController().signal).catch((err: unknown) =>
      logger.warn({ err, deliveryId }, 'A test message could not be recorded. A supervisor tries again.'),
    );
    await Promise.race([sending, sleep(WAIT_MS, undefined, { signal: waited.signal }).catch(() => undefined)]);
    waited.abort();
  }
  const { rows } = await pool().query<DeliveryRow>(
    sql`select ${DELIVERY_COLUMNS} from notification_delivery d where d.id = ${deliveryId}::uuid`,
  );
  return toDeliveryDto(must(rows[0], 'The test message'), await openDoor(context));
}
