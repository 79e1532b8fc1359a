import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { IS_DEAD } from '@/lib/domain/query/failure-condition';
import type { Door } from '@/lib/domain/redaction/door';
import { atLeast, counted, type Found, listLink, MAX_COUNTED, MAX_ITEMS, moreOf } from './item';

/** Days for which a batch that failed is listed after its end. */
const RECENT_DAYS = 7;
/** Batches of each status that are examined, newest first. */
const EXAMINED = 1000;
/** From so many items on, a retry is confirmed first. */
const CONFIRM_FROM = 100;

interface Row {
  id: string;
  name: string;
  status: string;
  failed: number;
  total: number;
  stopped: boolean;
  finished_at: Date;
  found: number;
}

/** Batches that ended lately with failed items with which nobody has dealt: they were neither retried nor discarded. */
export async function findFailedBatches({ organizationId }: Context, { door }: { door: Door }): Promise<Found[]> {
  const { rows } = await pool().query<Row>(
    sql`with dead as (
       select * from (${newest(organizationId, 'failed')} union all ${newest(organizationId, 'partial')}) b
       where b.finished_at > now() - make_interval(days => ${RECENT_DAYS})
         -- an index answers this: only where some are neither discarded nor deleted are the failed ones read
         and b.failed > (select count(*) from job j where j.batch_id = b.id and j.discarded_at is not null)
         and exists (select from job j where j.batch_id = b.id and ${IS_DEAD})
       limit ${MAX_COUNTED + 1})
     select id, name, status, failed, total, stop_reason is not null as stopped, finished_at, (count(*) over ())::int as found
     from dead order by status, finished_at desc limit ${MAX_ITEMS}`,
  );
  const items = rows.map((row) => toItem(row, door));
  const more = (rows[0]?.found ?? 0) - rows.length;
  return more > 0 ? [...items, restOf(more, rows)] : items;
}

const newest = (organizationId: string, status: string): Sql => sql`(select b.id, b.name, b.status, b.failed, b.total,
    b.stop_reason, b.finished_at from batch b where b.status = ${status} and b.organization_id = ${organizationId}
  order by b.id desc limit ${EXAMINED})`;

function toItem({ id, name, status, failed, total, stopped, finished_at }: Row, door: Door): Found {
  const items = `${counted(failed, 'item')} of ${total.toLocaleString('en-US')}`;
  const critical = status === 'failed' || stopped;
  return {
    id: `batch-failed:${id}`,
    kind: 'batch-failed',
    severity: critical ? 'critical' : 'warning',
    since: finished_at,
    count: failed,
    text: `${door.label(name)} ${stopped ? 'was stopped: ' : 'ended with failures: '}${items} failed.`,
    link: `/batches/${id}?status=failed`,
    actions: [
      {
        label: `Retry ${failed.toLocaleString('en-US')}`,
        method: 'POST',
        path: `/api/batches/${id}/retry`,
        body: { only: 'failed' },
        permission: 'batch.retry',
        ...(failed < CONFIRM_FROM ? {} : { confirm: `${counted(failed, 'failed item')} will run again.` }),
      },
    ],
  };
}

const restOf = (more: number, shown: readonly Row[]): Found =>
  moreOf({
    kind: 'batch-failed',
    severity: 'warning',
    since: shown.at(-1)?.finished_at ?? null,
    count: more,
    text: `${atLeast(more, 'more batch', 'more batches')} of the last ${RECENT_DAYS} days ended with failed items.`,
    link: listLink('batches', `status:failed,partial is:dead finished:>${RECENT_DAYS}d`),
  });
