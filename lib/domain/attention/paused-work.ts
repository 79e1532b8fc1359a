import type { Context } from '@/lib/domain/context';
import { EVERYWHERE, readPauses } from '@/lib/domain/pause/paused';
import { counted, type Found } from './item';
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
