import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';
import type { ErrorCode } from '@/lib/contracts/errors';
import type { BatchLaunch, ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { type Context, scheduleContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { withSecrets } from '@/lib/domain/notification/event/kept-secrets';
import { openItems } from '@/lib/domain/schedule/items/open-items';
import { notifyOf } from '@/lib/domain/schedule/launch-summary';
import { LaunchLanes } from './launch-lanes';
import { pauseFailing } from './settle-firings';
import { ACCEPTED_SECONDS, excludeOthers, type FiringToLaunch, takeFiring } from './take-firing';

/** Launches that an error interrupted before the firing fails. */
const MAX_TRIES = 10;
/** Refusals that pass by themselves: the launch is tried again. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'too-many-requests'];
/** Launches at the same time in one process: each holds a connection and needs more of them. */
export const LAUNCHES_AT_ONCE = 3;

/** What a firing launched, or why it launched nothing. */
interface Launched {
  status: 'launched' | 'skipped' | 'missed' | 'failed';
  batchId?: string;
  jobId?: string;
  flowId?: string;
  why?: string;
}

let running = 0;
const lanes = new LaunchLanes(LAUNCHES_AT_ONCE - 1);
/**
 * Launches the firings that may be launched, one after the other. A row lock belongs to who launches: it is gone as soon
 * as a process dies, and the next one goes on. The launch has a key made of schedule and due time, so it is done once.
 * @param which an SQL condition on `schedule_firing f`
 */
export async function launchFirings(which: Sql = sql`true`): Promise<void> {
  while (running >= LAUNCHES_AT_ONCE) await sleep(20);
  running += 1;
  const passed: string[] = [];
  try {
    while (await launchNext(sql`(${which}) and f.schedule_id <> all(${passed}::uuid[])`, { passed }));
  } finally {
    running -= 1;
  }
}

/**
 * Launches one firing as soon as this process has room for it.
 * @param launch of its schedule
 * @param waitMs how long it waits for that, and for the launch. A launch that takes longer goes on; one that did not begin
 *   is left to the supervisors.
 */
export async function launchFiring(
  { organizationId, launch }: { organizationId: string; launch: ScheduledLaunch },
  which: Sql,
  waitMs: number,
): Promise<void> {
  const end = Date.now() + waitMs;
  const long = isLong(launch);
  const lane = lanes.of(organizationId, long);
  while (running >= LAUNCHES_AT_ONCE || !lanes.take(organizationId, long)) {
    if (Date.now() > end) return;
    await sleep(20);
  }
  running += 1;
  const launched = launchNext(which, { reserved: lane })
    .catch((error) => logger.warn({ err: error }, 'A firing could not be launched. A supervisor tries again.'))
    .finally(() => {
      running -= 1;
      lanes.free(lane);
    });
  const waited = new AbortController();
  await Promise.race([
    launched,
    sleep(Math.max(0, end - Date.now()), undefined, { signal: waited.signal }).catch(() => {}),
  ]);
  waited.abort();
}

const isLong = ({ batch }: ScheduledLaunch): boolean => batch !== undefined && batch.items === undefined;

interface Search {
  /** the lane that the caller has marked as busy */
  reserved?: string;
  /** schedules of which another launch keeps this one waiting: they are not searched again */
  passed?: string[];
}

/** @returns whether there was a firing */
async function launchNext(which: Sql, { reserved, passed }: Search): Promise<boolean> {
  let firing: FiringToLaunch | undefined;
  let marked: string | undefined;
  try {
    const failed = await transaction(async (tx) => {
      firing = await takeFiring(tx, which, lanes.open(reserved));
      if (!firing) return undefined;
      const { organizationId, scheduleId } = firing;
      const lane = lanes.of(organizationId, firing.long);
      if (lane !== reserved) {
        // Another launch took the room meanwhile. The next search passes it over.
        if (!lanes.take(organizationId, firing.long)) return undefined;
        marked = lane;
      }
      lanes.serve(organizationId);
      if (!(await excludeOthers(tx, firing))) {
        passed?.push(scheduleId);
        return undefined;
      }
      return launchAndStore(tx, firing);
    });
    if (failed !== undefined) await pauseFailing(pool(), [failed]);
  } catch (error) {
    if (!firing) throw error;
    await noteTry(firing, error);
  } finally {
    if (marked !== undefined) lanes.free(marked);
  }
  return firing !== undefined;
}

/** @returns the id of the schedule if the firing failed */
async function launchAndStore({ db }: Transaction, firing: FiringToLaunch): Promise<string | undefined> {
  const { scheduleId, dueAt } = firing;
  let result: Launched;
  try {
    result = await launchOnce(firing);
  } catch (error) {
    if (!(error instanceof DomainError) || PASSING.includes(error.code)) throw error;
    result = { status: 'failed', why: error.message };
    logger.warn({ scheduleId, dueAt, err: error }, 'A schedule could not launch. The firing has failed.');
  }
  const { status, why = null, batchId = null, jobId = null, flowId = null } = result;
  await db.query(
    sql`update schedule_firing set status = ${status}, why = ${why}, batch_id = ${batchId}, job_id = ${jobId}, flow_id = ${flowId},
       fired_at = case when ${status === 'launched'} then greatest(now(), due_at) end
     where schedule_id = ${scheduleId} and due_at = ${dueAt}`,
  );
  return status === 'failed' ? scheduleId : undefined;
}

async function launchOnce(firing: FiringToLaunch): Promise<Launched> {
  const { scheduleId: id, name, dueAt, launch } = firing;
  const context = scheduleContext(firing.organizationId, { id, name });
  const idempotencyKey = `schedule:${id}:${dueAt.toISOString()}`;
  if (firing.stale && firing.catchUp === 'none' && !(await wasLaunched(context, idempotencyKey))) {
    return {
      status: 'missed',
      why: `It was not launched within ${ACCEPTED_SECONDS} s, and no supervisor was there meanwhile.`,
    };
  }
  if (launch.batch) return launchItems(context, firing, launch.batch, idempotencyKey);
  if (firing.overlap === 'replace') await cancelEarlier(context, firing);
  const notify = await withSecrets(pool(), context, id, notifyOf(launch));
  if (launch.job) {
    const { job } = await createJob(context, { ...launch.job, notify }, { idempotencyKey });
    return { status: 'launched', jobId: job.id };
  }
  const { result } = await createFlows(
    context,
    { ...(launch.flow ? { flow: launch.flow } : {}), notify },
    { idempotencyKey },
  );
  return { status: 'launched', ...(result.flowIds[0] === undefined ? {} : { flowId: result.flowIds[0] }) };
}

/** Opens the items before an earlier run is cancelled: they may not be there. */
async function launchItems(
  context: Context,
  firing: FiringToLaunch,
  batch: BatchLaunch,
  idempotencyKey: string,
): Promise<Launched> {
  const { items: _items, fileId: _fileId, url, query, ...fields } = batch;
  // What was launched already needs no items: they may be others by now, or none.
  const known = (url ?? query) !== undefined && (await wasLaunched(context, idempotencyKey));
  const open = await openItems(context, known ? { ...batch, items: [] } : batch, firing.dueAt.getTime());
  if (open === null) return { status: 'skipped', why: 'Nothing matched the query.' };
  try {
    if (firing.overlap === 'replace') await cancelEarlier(context, firing);
    const notify = await withSecrets(pool(), context, firing.scheduleId, batch.notify);
    const { outcome, result } = await launchBatch(context, {
      fields: { ...fields, notify },
      items: open.items,
      idempotencyKey,
    });
    if (outcome === 'running') return { status: 'skipped', why: 'A batch with the same unique key was running.' };
    return {
      status: 'launched',
      batchId: result.batchId,
      ...(open.leftOut === undefined ? {} : { why: open.leftOut }),
    };
  } finally {
    open.close();
  }
}

/** Whether the launch was committed, and only its firing was not. */
async function wasLaunched({ organizationId }: Context, key: string): Promise<boolean> {
  const { rows } = await pool().query<{ launched: boolean }>(
    sql`select exists (select from batch where organization_id = ${organizationId} and idempotency_key = ${key})
       or exists (select from job where organization_id = ${organizationId} and idempotency_key = ${key})
       or exists (select from flow where organization_id = ${organizationId} and idempotency_key = ${key}) as launched`,
  );
  return rows[0]?.launched ?? false;
}

/** Cancels what earlier firings launched and what still runs. */
async function cancelEarlier(context: Context, { scheduleId, dueAt }: FiringToLaunch): Promise<void> {
  const { rows } = await pool().query<{ batchId: string | null; jobId: string | null; flowId: string | null }>(
    sql`select batch_id as "batchId", job_id as "jobId", flow_id as "flowId" from schedule_firing
     where schedule_id = ${scheduleId} and due_at <> ${dueAt} and status = 'launched' and outcome is null`,
  );
  for (const { batchId, jobId, flowId } of rows) {
    try {
      if (batchId)
        await cancelBatch(context, batchId, { force: true, reason: 'A later firing of the schedule replaced it.' });
      if (jobId) await cancelJob(context, jobId, { force: true });
      if (flowId) await cancelFlow(context, flowId, { force: true });
    } catch (error) {
      // It ended meanwhile, or was deleted.
      if (!(error instanceof DomainError && ['already-finished', 'not-found'].includes(error.code))) throw error;
    }
  }
}

/** An error that is not about the launch itself interrupted it: it is tried again, later each time. Another process may do so already. */
async function noteTry({ scheduleId, dueAt }: FiringToLaunch, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const { rows } = await pool().query<{ status: string }>(
    sql`update schedule_firing set tries = tries + 1, retry_at = now() + make_interval(secs => least(60, power(2, tries))::float8),
       status = case when tries + 1 >= ${MAX_TRIES} then 'failed' else status end,
       why = case when tries + 1 >= ${MAX_TRIES} then ${`It could not be launched: ${message.slice(0, 500)}`} else why end
     where (schedule_id, due_at) in (select schedule_id, due_at from schedule_firing
       where schedule_id = ${scheduleId} and due_at = ${dueAt} and status = 'queued' for update skip locked) returning status`,
  );
  const next = rows[0]?.status === 'failed' ? 'The firing has failed.' : 'It is tried again.';
  logger.warn({ err: error, scheduleId, dueAt }, `A launch of a schedule was interrupted. ${next}`);
}
