import type { FiringDto } from '@/lib/contracts/firing';
import { createScheduleBody } from '@/lib/contracts/schedule';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createSchedule } from '@/lib/domain/schedule/create-schedule';
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

/** The firings of a schedule, oldest first. */
export const firingsOf = async (context: Context, id: string): Promise<FiringDto[]> =>
  (await listFirings(context, id, { limit: 100 })).firings.reverse();

/** Ends a job as a consumer would. */
export const endJob = (id: string | undefined, status: 'completed' | 'failed'): Promise<unknown> =>
  pool().query(`update job set status = $2, finished_at = now() where id = $1`, [id, status]);
