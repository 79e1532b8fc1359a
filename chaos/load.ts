import { isFinished } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { queueOf } from '@/lib/queue/queues';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import type { Scene } from './fault';
import type { Installation } from './installation';

/** Mixed work: fast and slow, successful and failing, with retries. */
const mixed = (i: number): unknown => ({
  durationMs: i % 7 === 0 ? 60 : 8,
  outcome: i % 11 === 0 ? 'fail' : i % 13 === 0 ? 'fail-once' : 'complete',
});

/** Jobs so short that several rows share one delivery. Some fail, once or permanently. */
const quick = (i: number): unknown => (i % 31 === 0 ? { outcome: i % 2 === 0 ? 'fail' : 'fail-once' } : {});

/** So many jobs are needed before a batch is known to be of very short ones. */
const MEASURED = 800;

const many = (count: number, item: (i: number) => unknown) => Array.from({ length: count }, (_, i) => item(i));

async function launch(context: Context, name: string, items: unknown[], concurrency?: number): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: {
      name,
      type: 'diagnostic',
      start: 'queue',
      options: { maxAttempts: 2, backoff: { type: 'fixed', delay: 50 }, ...(concurrency ? { concurrency } : {}) },
    },
    items: asItems(items),
  });
  return result.batchId;
}

/** Launches a batch with a concurrency limit, one without, and one of very short jobs. */
export async function openScene(
  installation: Installation,
  name: string,
  jobs: number,
  bulkRows: number,
): Promise<Scene> {
  const context = await createContext();
  const batchIds = await Promise.all([
    launch(context, `${name}, held`, many(jobs, mixed), 10),
    launch(context, `${name}, free`, many(jobs, mixed)),
    launch(
      context,
      `${name}, quick`,
      many(Math.max(MEASURED, jobs * (installation.backend === 'redis' ? 5 : 2)), quick),
      300,
    ),
  ]);
  return {
    installation,
    context,
    batchIds,
    bulkRows,
    async feed(items, { concurrency } = {}) {
      const id = await launch(context, `${name}, fed`, items, concurrency);
      batchIds.push(id);
      return id;
    },
    busy: async () => (await statesOf(batchIds)).some((b) => !isFinished(b.status)),
  };
}

interface State {
  id: string;
  status: Parameters<typeof isFinished>[0];
  total: number;
  completed: number;
}

export async function statesOf(batchIds: string[]): Promise<State[]> {
  const { rows } = await pool().query<State>(
    'select id, status, total, completed from batch where id = any($1::uuid[])',
    [batchIds],
  );
  return rows;
}

/** Polls the queue for the largest number of rows in a delivery. */
export function watchBundles(): { stop(): number } {
  let most = 0;
  let stopped = false;
  const look = async () => {
    const jobs = await queueOf('diagnostic').getJobs(['prioritized', 'waiting', 'active'], 0, 20);
    for (const job of jobs) most = Math.max(most, job?.data?.jobIds?.length ?? 1);
  };
  const again = () => {
    // A poll that fails or hangs while the queue is down is ignored.
    if (!stopped) look().then(later, later);
  };
  const later = () => void setTimeout(again, 100);
  again();
  return {
    stop() {
      stopped = true;
      return most;
    },
  };
}
