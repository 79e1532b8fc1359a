import type { FiringDto, RunScheduleBody } from '@/lib/contracts/firing';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import { admitFirings } from './firing/admit-firings';
import { launchFiring } from './firing/launch-firing';
import { lockSchedule } from './load-schedules';
import { FIRING_COLUMNS, type FiringRow, toFiringDto } from './schedule-row';

/** How long the answer waits for the launch. A long file takes longer. */
const WAIT_MS = 10_000;

/**
 * Fires a schedule now, also while it is paused. The firing obeys the overlap policy, unless another one is given.
 * @param waitMs after that it is returned as `queued`, and launched soon
 * @throws DomainError `not-found`, `forbidden`
 */
export async function runSchedule(
  context: Context,
  id: string,
  body: RunScheduleBody,
  waitMs = WAIT_MS,
): Promise<FiringDto> {
  requirePermission(context, 'schedule.run');
  const { dueAt, launch } = await transaction(async ({ db }) => {
    const schedule = await lockSchedule(db, context, id, 'run');
    requirePermission(context, `${schedule.kind}.launch`);
    const at = await freeMoment(db, id);
    await admitFirings(db, schedule, [{ at: at.getTime(), kind: 'hand' }], body.overlap ?? schedule.overlap);
    await audit(
      db,
      context,
      'schedule.run',
      { kind: 'schedule', id, name: schedule.name },
      { after: { dueAt: at.toISOString() } },
    );
    return { dueAt: at, launch: schedule.launch };
  });
  const which = sql`f.schedule_id = ${id} and f.due_at = ${dueAt}`;
  await launchFiring({ organizationId: context.organizationId, launch }, which, waitMs);
  const { rows } = await pool().query<FiringRow>(sql`select ${FIRING_COLUMNS} from schedule_firing f where ${which}`);
  return toFiringDto(must(rows[0], 'The firing'), await openDoor(context));
}

/** The moment of the call, by the database's clock. Another firing may have the same millisecond. */
async function freeMoment(db: Parameters<typeof lockSchedule>[0], id: string): Promise<Date> {
  const { rows } = await db.query<{ at: Date }>(
    sql`select t.at::timestamptz(3) as at from (select now()::timestamptz(3) + make_interval(secs => n / 1000.0) as at from generate_series(0, 1000) n) t
     where not exists (select from schedule_firing f where f.schedule_id = ${id} and f.due_at = t.at) order by t.at limit 1`,
  );
  const [row] = rows;
  if (!row) throw new DomainError('already-done', 'This schedule was run a thousand times in this second.');
  return row.at;
}
