import { type ChannelList, MAX_CHANNELS } from '@/lib/contracts/channel';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { CHANNEL_COLUMNS, type ChannelRow, toChannelDto } from './channel-row';

/** Lists the channels of the organization by name, without what is secret in them. @throws DomainError `forbidden` */
export async function listChannels(context: Context): Promise<ChannelList> {
  requirePermission(context, 'channel.see');
  const { rows } = await pool().query<ChannelRow>(
    sql`select ${CHANNEL_COLUMNS} from notification_channel c where c.organization_id = ${context.organizationId}
     order by lower(c.name), c.id limit ${MAX_CHANNELS}`,
  );
  return { channels: rows.map(toChannelDto), nextCursor: null };
}
