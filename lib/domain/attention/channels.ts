import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { type Found, MAX_ITEMS } from './item';

/** Channels that were switched off because messages did not arrive: rules that use them tell nobody there. */
export async function findChannelsOff({ organizationId }: Context): Promise<Found[]> {
  const { rows } = await pool().query<{ id: string; name: string; why: string; since: Date }>(
    sql`select id, name, coalesce(disabled_why, '') as why, coalesce(disabled_at, now()) as since from notification_channel
     where organization_id = ${organizationId} and disabled_at is not null and disabled_why is not null order by disabled_at desc limit ${MAX_ITEMS}`,
  );
  return rows.map(({ id, name, why, since }) => ({
    id: `channel-off:${id}`,
    kind: 'channel-off',
    severity: 'warning',
    since,
    count: 1,
    text: `The notification channel ${name} was switched off. ${why}`,
    link: '/settings/notifications',
    actions: [
      {
        label: 'Switch on',
        method: 'PATCH',
        path: `/api/channels/${id}`,
        body: { enabled: true },
        permission: 'channel.update',
      },
    ],
  }));
}
