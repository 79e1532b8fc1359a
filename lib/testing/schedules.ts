import type { FiringDto } from '@/lib/contracts/firing';
import { createScheduleBody } from '@/lib/contracts/schedule';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createSchedule } from '@/lib/domain/schedule/create-schedule';
import { fireDue } from '@/lib/domain/schedule/firing/fire-due';
import { launchFirings } from '@/lib/domain/schedule/firing/launch-firing';
import { settleFirings } from '@/lib/domain/schedule/firing/settle-firings';
import { listFirings } from '@/lib/domain/schedule/read-schedules';

const JOB = { job: { type: 'diagnostic', data: {} } };

/** Creates a schedule of one job each hour, unless other fields are given. @returns its id */
export async function createHourly(context: Context, fields: object = {}): Promise<string> {
  const body = { name: 'hourly', everySeconds: 3600, launch: JOB, ...fields };
  return (await createSchedule(context, createScheduleBody.parse(body))).id;
}

/** Moves the due times of an interval, so that the first undecided one was so many seconds ago. */
export async function makeDue(id: string, secondsAgo: number): Promise<void> {
  await pool().query(
    `update schedule set anchor = now() - make_interval(secs => $2) - make_interval(secs => every_seconds),
       next_due = now() - make_interval(secs => $2), next_at = now() - make_interval(secs => $2) where id = $1`,
    [id, secondsAgo],
  );
}

/** Does what a supervisor does when it wakes. */
export async function fire(): Promise<void> {
  await settleFirings();
  await fireDue();
  await launchFirings();
}

/** The firings of a schedule, oldest first. */
export const firingsOf = async (context: Context, id: string): Promise<FiringDto[]> =>
  (await listFirings(context, id, { limit: 100 })).firings.reverse();

/** Ends a job as a consumer would. */
export const endJob = (id: string | undefined, status: 'completed' | 'failed'): Promise<unknown> =>
  pool().query(`update job set status = $2, finished_at = now() where id = $1`, [id, status]);

/** Launches of jobs of organizations wait until `release`. */
export async function holdLaunches(
  ...organizationIds: string[]
): Promise<{ waiting(): Promise<number>; release(): Promise<void> }> {
  const client = await pool().connect();
  await client.query('select pg_advisory_lock(4711)');
  await client.query(
    `create function hold() returns trigger language plpgsql as $$ begin
       perform pg_advisory_xact_lock_shared(4711); return new; end $$`,
  );
  await client.query(
    `create trigger hold before insert on job for each row when (new.organization_id = any('{${organizationIds.join()}}')) execute function hold()`,
  );
  const waiting = async () => {
    const { rows } = await pool().query<{ count: number }>(
      `select count(*)::int as count from pg_locks l join pg_database d on d.oid = l.database
       where d.datname = current_database() and l.locktype = 'advisory' and l.objid = 4711 and not l.granted`,
    );
    return rows[0]?.count ?? 0;
  };
  const release = async () => {
    await client.query('select pg_advisory_unlock(4711)');
    client.release();
    await pool().query('drop trigger hold on job');
    await pool().query('drop function hold');
  };
  return { waiting, release };
}
