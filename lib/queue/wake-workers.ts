import { env } from '@/lib/config/env';
import { whileRedisAnswers } from '@/lib/config/redis';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';
import { enqueue } from './enqueue';
import { type QueueName, queueOf } from './queues';

/** No row has this id: a consumer that takes its delivery finds nothing to run. */
export const NO_ROW = '00000000-0000-0000-0000-000000000000';

/**
 * Wakes a worker of a queue in which deliveries wait. On Redis one worker receives the marker of a new delivery, and the
 * marker is lost if its process dies or its machine is gone. On Postgres all workers are notified.
 * @param options.lost how many processes may have received a marker
 * @param options.onlyIfIdle does nothing while a delivery runs: its end takes the next one
 */
export async function wakeWorkers(
  name: QueueName,
  { lost, onlyIfIdle = false }: { lost: number; onlyIfIdle?: boolean },
): Promise<void> {
  // Programs that take deliveries without claiming rows would not know what to do with it.
  if (!env().REDIS_URL || (isJobType(name) && definitionOf(name).external)) return;
  const counts = await whileRedisAnswers(() => queueOf(name).getJobCounts('waiting', 'prioritized', 'active'));
  const { waiting = 0, prioritized = 0, active = 0 } = counts;
  if (waiting + prioritized === 0 || (onlyIfIdle && active > 0)) return;
  // One after the other: each of them is a marker for one process.
  for (let i = 0; i <= lost; i += 1) {
    const row = { id: NO_ROW, delivery: Date.now() + i, priority: 0, attempts: 1 };
    await enqueue(name, [row], { single: true });
  }
}
