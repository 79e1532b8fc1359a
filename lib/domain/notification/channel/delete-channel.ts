import type { ChannelDto } from '@/lib/contracts/channel';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { auditedChannel, lockChannel, toChannelDto } from './channel-row';

/** Deletes a channel. What was not sent yet is not sent; the log of its deliveries stays. @throws DomainError `forbidden`, `not-found` */
export async function deleteChannel(context: Context, id: string): Promise<ChannelDto> {
  requirePermission(context, 'channel.delete');
  return transaction(async ({ db }) => {
    const row = await lockChannel(db, context, id);
    await db.query(
      sql`update notification_delivery set status = 'failed', error = 'The channel was deleted.', next_at = null, sending = false, finished_at = now()
       where channel_id = ${id}::uuid and status = 'pending'`,
    );
    await db.query(
      sql`delete from notification_target where channel_id = ${id}::uuid and organization_id = ${context.organizationId}`,
    );
    await db.query(sql`delete from notification_channel where id = ${id}::uuid`);
    await audit(
      db,
      context,
      'channel.delete',
      { kind: 'channel', id, name: row.name },
      { before: auditedChannel(row) },
    );
    return toChannelDto(row);
  });
}
