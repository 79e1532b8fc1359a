import { logger } from '@/lib/config/logger';
import { isRedisAway, redisAway } from '@/lib/config/redis';
import type { AbortRequest } from '@/lib/contracts/ipc';
import { cancelWaiting } from '@/lib/domain/batch/cancel-waiting';
import { pauseOverdue } from '@/lib/domain/batch/pause-batch';
import { preventStarvation, shareConsumers } from '@/lib/domain/batch/prevent-starvation';
import { restateAll } from '@/lib/domain/batch/restate-rows';
import { writeAbandonedEntries } from '@/lib/domain/batch/retry-entry';
import { sealOverdue } from '@/lib/domain/batch/seal-batch';
import { failUnsent } from '@/lib/domain/batch/send-child';
import { startQueued } from '@/lib/domain/batch/start-queued';
import { runBulkActions } from '@/lib/domain/bulk-action/run/run-bulk-actions';
import { cancelAbandonedFineTunings } from '@/lib/domain/fine-tuning/cancel-abandoned';
import { advanceAllFlows } from '@/lib/domain/flow/advance-flows';
import { repeatFlowCancels } from '@/lib/domain/flow/cancel-flow';
import { addUpHistory } from '@/lib/domain/history/add-up-history';
import { measureDepth } from '@/lib/domain/history/measure-depth';
import { recoverImports } from '@/lib/domain/import/running/recover-imports';
import { addUpTallies } from '@/lib/domain/job/add-up-tallies';
import { watchConditions } from '@/lib/domain/notification/event/watch-conditions';
import { purgeOrganizations } from '@/lib/domain/organization/purge-organizations';
import { deliverRefused } from '@/lib/domain/pause/deliver-refused';
import { purgePeople } from '@/lib/domain/privacy/purge-people';
import { expire } from '@/lib/domain/retention/expire';
import { findDeadConsumers } from '@/lib/domain/worker/liveness-lock';
import { findLostConsumers } from '@/lib/domain/worker/nodes';
import { redeliverUnclaimed } from '@/lib/domain/worker/redeliver';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { listAborts, listCancelling, listDispatchable, redeliverLost } from '@/lib/domain/worker/sweep';
import { cancelAbandonedSteps } from '@/lib/domain/workflow/cancel-abandoned-steps';
import { sendDeadLetters } from '@/lib/interop/send-dead-letters';
import type { Dispatcher } from './dispatcher';

/** Expensive steps run only once in this many rounds. */
const EVERY = { aborts: 2, sweep: 5, watch: 10, expire: 60, remote: 30 };
/** The maximum number of rows of one batch in one step, so that no batch delays the others. */
const CANCEL_ROWS = 50_000;
const EXPIRE_ROWS = 20_000;
const RESTATE_ROWS = 100_000;

interface Round {
  dispatcher: Dispatcher;
  /** counts from 1; 0 does the expensive steps too */
  round: number;
  abort: (request: AbortRequest) => void;
  /** the queue was unavailable until now, so jobs that were created in the meantime are enqueued at once */
  queueIsBack: boolean;
}

/**
 * One round of maintenance. It dispatches, starts queued batches, and repairs from the rows what lost messages, dead
 * processes or an emptied queue left behind.
 * @returns the ids of the queued batches that were started
 */
export async function runMaintenance({ dispatcher, round, abort, queueIsBack }: Round): Promise<string[]> {
  await pauseOverdue();
  const started = await startQueued();
  const running = await listDispatchable();
  dispatcher.retain(new Set(running.map((b) => b.id)));
  if (!redisAway()) for (const { id, type } of running) dispatcher.wake(id, type);
  runBeside('deliver', () => unlessQueueIsAway(deliverRefused));
  await unlessQueueIsAway(preventStarvation);
  await unlessQueueIsAway(shareConsumers);
  runBeside('bulk actions', runBulkActions);
  runBeside('cancel', async () => {
    for (const id of await listCancelling()) await cancelWaiting(id, CANCEL_ROWS);
  });
  if (round % EVERY.aborts === 0) for (const request of await listAborts()) abort(request);
  if (queueIsBack) await unlessQueueIsAway(() => deliverLost({ quietSeconds: 0 }));
  await unlessQueueIsAway(async () => releaseLost(await findDeadConsumers()));
  if (round % EVERY.sweep === 0) {
    await sealOverdue();
    await writeAbandonedEntries();
    await failUnsent();
    await addUpTallies();
    runBeside('history', async () => {
      await measureDepth();
      await addUpHistory();
    });
    await unlessQueueIsAway(async () => releaseLost(await findLostConsumers()));
    await unlessQueueIsAway(repeatFlowCancels);
    await unlessQueueIsAway(advanceAllFlows);
    await unlessQueueIsAway(() => deliverLost({}));
    await recoverImports();
    runBeside('dead letters', () => unlessQueueIsAway(sendDeadLetters));
    runBeside('restate', () => restateAll(RESTATE_ROWS));
    runBeside('purge', () => purgeOrganizations(EXPIRE_ROWS));
    runBeside('purge people', purgePeople);
  }
  if (round % EVERY.watch === 0) runBeside('watch conditions', watchConditions);
  if (round % EVERY.expire === 0) runBeside('expire', () => expire(EXPIRE_ROWS));
  if (round % EVERY.remote === 0) {
    await cancelAbandonedSteps();
    runBeside('cancel fine-tunings', cancelAbandonedFineTunings);
  }
  return started;
}

const beside = new Set<string>();

/**
 * Runs a step that may take seconds (a million rows, a slow endpoint) beside the rounds, which start and dispatch batches
 * of everyone. One of each kind runs at a time; a later round continues it.
 */
function runBeside(step: string, work: () => Promise<unknown>): void {
  if (beside.has(step)) return;
  beside.add(step);
  work()
    .catch((err: unknown) => logger.warn({ err, step }, 'A maintenance step failed. A later round tries again.'))
    .finally(() => beside.delete(step));
}

/** Skips a step while the queue is unavailable: a later round does it, and the other steps of this round run. */
export async function unlessQueueIsAway(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRedisAway(error)) throw error;
  }
}

/** Requeues the rows of consumers that were lost with their supervisors. */
async function releaseLost(lost: number[]): Promise<void> {
  for (const id of lost) {
    const { requeued } = await releaseConsumer(id, 'stopped', 'lost');
    logger.warn(
      { consumerId: id, jobs: requeued.length },
      'A consumer was lost with its supervisor. Its jobs were requeued.',
    );
  }
  if (lost.length > 0) await redeliverUnclaimed(lost.length);
}

async function deliverLost({ quietSeconds }: { quietSeconds?: number }): Promise<void> {
  const redelivered = await redeliverLost(quietSeconds);
  if (redelivered > 0) logger.warn({ jobs: redelivered }, 'Jobs were missing in the queue. They were delivered again.');
}
