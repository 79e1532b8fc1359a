import { logger } from '@/lib/config/logger';
import { isRedisAway, redisAway } from '@/lib/config/redis';
import type { AbortRequest } from '@/lib/contracts/ipc';
import { cancelWaiting } from '@/lib/domain/batch/cancel-waiting';
import { carryAlong } from '@/lib/domain/batch/carry-along';
import { sealOverdue } from '@/lib/domain/batch/seal-batch';
import { failUnsent } from '@/lib/domain/batch/send-child';
import { startQueued } from '@/lib/domain/batch/start-queued';
import { cancelAbandonedFineTunings } from '@/lib/domain/fine-tuning/cancel-abandoned';
import { advanceForgotten } from '@/lib/domain/flow/advance-flows';
import { carryOutFlowCancels } from '@/lib/domain/flow/cancel-flow';
import { reviveImports } from '@/lib/domain/import/running/revive-imports';
import { addUpTallies } from '@/lib/domain/job/add-up-tallies';
import { expire } from '@/lib/domain/retention/expire';
import { findDeadConsumers } from '@/lib/domain/worker/guard';
import { findLostConsumers } from '@/lib/domain/worker/nodes';
import { redeliverUnclaimed } from '@/lib/domain/worker/redeliver-unclaimed';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { listAborts, listCancelling, listDispatchable, redeliverLost } from '@/lib/domain/worker/sweep';
import { cancelAbandonedSteps } from '@/lib/domain/workflow/cancel-abandoned-steps';
import type { Dispatcher } from './dispatcher';

/** The costlier looks happen every so many rounds. */
const EVERY = { aborts: 2, dead: 2, sweep: 5, expire: 60, remote: 30 };
/** At most so many rows in one round, so that no batch keeps the others waiting. */
const CANCEL_ROWS = 50_000;
const EXPIRE_ROWS = 20_000;

/**
 * One round of repair: whatever a lost message, a dead process or an emptied queue left behind is put right from
 * the rows.
 * @param queueIsBack the queue was away until now: what was made meanwhile is looked for at once
 * @returns the queued batches that were started
 */
export async function lookAfter(
  dispatcher: Dispatcher,
  round: number,
  abort: (request: AbortRequest) => void,
  queueIsBack = false,
): Promise<string[]> {
  const started = await startQueued();
  const running = await listDispatchable();
  dispatcher.retain(new Set(running.map((b) => b.id)));
  if (!redisAway()) for (const { id, type } of running) dispatcher.wake(id, type);
  await unlessQueueIsAway(carryAlong);
  for (const id of await listCancelling()) await cancelWaiting(id, CANCEL_ROWS);
  if (round % EVERY.aborts === 0) for (const request of await listAborts()) abort(request);
  if (queueIsBack) await unlessQueueIsAway(() => putBackLost(0));
  if (round % EVERY.dead === 0) await unlessQueueIsAway(async () => release(await findDeadConsumers()));
  if (round % EVERY.sweep === 0) {
    await sealOverdue();
    await failUnsent();
    await addUpTallies();
    await unlessQueueIsAway(async () => release(await findLostConsumers()));
    await unlessQueueIsAway(carryOutFlowCancels);
    await unlessQueueIsAway(advanceForgotten);
    await unlessQueueIsAway(() => putBackLost());
    await reviveImports();
  }
  if (round % EVERY.expire === 0) await expire(EXPIRE_ROWS);
  if (round % EVERY.remote === 0) {
    await cancelAbandonedSteps();
    // Calls a remote endpoint, which may take its time: nothing waits for it.
    void cancelAbandonedFineTunings().catch((err) =>
      logger.warn({ err }, 'abandoned fine-tunings were not cancelled; a later round does it'),
    );
  }
  return started;
}

/** What an absent queue leaves undone a later round does; everything else of this round is done meanwhile. */
export async function unlessQueueIsAway(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRedisAway(error)) throw error;
  }
}

/** Puts back what consumers held that nobody looks after any more. */
async function release(lost: number[]): Promise<void> {
  for (const id of lost) {
    const { returned } = await releaseConsumer(id, 'stopped', 'lost');
    logger.warn(
      { consumerId: id, jobs: returned.length },
      'a consumer was lost with its supervisor; what it held goes back',
    );
  }
  if (lost.length > 0) await redeliverUnclaimed();
}

async function putBackLost(quietSeconds?: number): Promise<void> {
  const redelivered = await redeliverLost(quietSeconds);
  if (redelivered > 0) logger.warn({ jobs: redelivered }, 'jobs that were missing in the queue were delivered again');
}
