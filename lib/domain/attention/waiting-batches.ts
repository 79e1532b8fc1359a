import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { WAITS_FOR_SLOT } from '@/lib/domain/capacity/read-slots';
import type { Context } from '@/lib/domain/context';
import type { Door } from '@/lib/domain/redaction/door';
import { atLeast, counted, type Found, listLink, MAX_COUNTED, MAX_ITEMS, moreOf, resumeBatch } from './item';

/** Minutes for which a batch may wait for a free slot before it is listed. */
export const WAITS_LONG_MINUTES = 15;

/** Batches that have waited for a free slot for long. */
export async function findWaitingForCapacity({ organizationId }: Context): Promise<Found[]> {
  const { rows } = await pool().query<{ found: number; since: Date | null }>(
    sql`select count(*)::int as found, min(queued_at) as since from (
       select b.queued_at from batch b where b.organization_id = ${organizationId} and ${WAITS_FOR_SLOT}
         and b.queued_at < now() - make_interval(mins => ${WAITS_LONG_MINUTES})
       order by b.priority desc, b.queued_at limit ${MAX_COUNTED + 1}) w`,
  );
  const { found = 0, since = null } = rows[0] ?? {};
  if (found === 0) return [];
  return [
    {
      id: 'waiting-for-capacity',
      kind: 'waiting-for-capacity',
      severity: 'notice',
      since,
      count: found,
      text: `${atLeast(found, 'batch has', 'batches have')} waited for a free slot for more than ${WAITS_LONG_MINUTES} minutes.`,
      link: listLink('batches', 'is:queued'),
      actions: [],
    },
  ];
}

interface Paused {
  id: string;
  name: string;
  open: number;
  why: string | null;
  since: Date;
  found: number;
}

/** Unfinished batches that somebody or their budget paused. */
export async function findPausedBatches({ organizationId }: Context, { door }: { door: Door }): Promise<Found[]> {
  const { rows } = await pool().query<Paused>(
    sql`select id, name, total - completed - failed - cancelled as open, paused_why as why, coalesce(paused_at, started_at, created_at) as since,
       (count(*) over ())::int as found
     from (select * from batch b where b.status in ('pending', 'in-progress') and b.organization_id = ${organizationId} and b.paused
         and b.cancel_mode is null limit ${MAX_COUNTED + 1}) p
     order by paused_why is null, since limit ${MAX_ITEMS}`,
  );
  const items = rows.map(
    ({ id, name, open, why, since }): Found => ({
      id: `batch-paused:${id}`,
      kind: why === null ? 'batch-paused' : 'budget-reached',
      severity: why === null ? 'notice' : 'warning',
      since,
      count: open,
      text: `${door.label(name)} ${why === null ? 'is paused' : 'has reached its budget and is paused'}: ${counted(open, 'item waits', 'items wait')}.`,
      link: `/batches/${id}`,
      actions: [resumeBatch(id)],
    }),
  );
  const more = (rows[0]?.found ?? 0) - rows.length;
  if (more > 0) items.push(restOfPaused(more, rows.at(-1)?.since ?? null));
  return items;
}

const restOfPaused = (more: number, since: Date | null): Found =>
  moreOf({
    kind: 'batch-paused',
    severity: 'notice',
    since,
    count: more,
    text: `${atLeast(more, 'more batch is', 'more batches are')} paused.`,
    link: listLink('batches', 'is:paused'),
  });
