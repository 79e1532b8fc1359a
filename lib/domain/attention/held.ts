import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { EVERYWHERE, readPauses } from '@/lib/domain/pause/paused';
import { counted, type Found, MAX_ITEMS } from './item';
import type { OpenJobs } from './queues';

/** A pause of everything: of the organization, or of all of them. */
export async function findPausedWork({ organizationId }: Context, openJobs: OpenJobs): Promise<Found[]> {
  const waiting = [...openJobs.values()].reduce((sum, n) => sum + n, 0);
  const pauses = (await readPauses()).filter(({ scope }) => scope === organizationId || scope === EVERYWHERE);
  return pauses.map(({ scope, since, by }): Found => {
    const everywhere = scope === EVERYWHERE;
    return {
      id: `organization-paused:${everywhere ? 'all' : 'own'}`,
      kind: 'organization-paused',
      severity: 'warning',
      since,
      count: waiting,
      text: `${everywhere ? 'Everything of all organizations' : 'Everything'} is paused${by && !everywhere ? ` by ${by}` : ''}: ${counted(waiting, 'open job waits', 'open jobs wait')}.`,
      link: '/batches',
      actions: [
        {
          label: 'Resume everything',
          method: 'POST',
          path: '/api/resume-all',
          body: everywhere ? { everywhere } : {},
          permission: everywhere ? 'system.pause' : 'organization.pause',
          confirm: 'What waits will start.',
        },
      ],
    };
  });
}

/** Notification channels that were switched off because their deliveries failed again and again. */
export async function findChannelsOff({ organizationId }: Context): Promise<Found[]> {
  const { rows } = await pool().query<{ id: string; name: string; why: string; since: Date }>(
    sql`select id, name, disabled_why as why, disabled_at as since from notification_channel
     where organization_id = ${organizationId} and disabled_at is not null and disabled_why is not null
     order by disabled_at limit ${MAX_ITEMS}`,
  );
  return rows.map(
    ({ id, name, why, since }): Found => ({
      id: `channel-off:${id}`,
      kind: 'channel-off',
      severity: 'warning',
      since,
      count: 1,
      text: `The channel ${name} was switched off, so nobody is notified over it. ${why}`,
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
    }),
  );
}
