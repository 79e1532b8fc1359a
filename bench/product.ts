import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { BatchOptions } from '@/lib/contracts/batch';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import type { Context } from '@/lib/domain/context';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { until } from '@/lib/testing/until';

export interface Workers {
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the compiled workers, as `npm start` does. */
export async function startWorkers(env: Record<string, string>): Promise<Workers> {
  const child = fork(join(process.cwd(), 'dist/workers/main.js'), [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // A failed measurement must leave no processes behind.
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  await until('the workers run', async () => {
    const { rows } = await pool().query('select 1 from node where pid = $1 and processes > 0', [child.pid]);
    return rows.length > 0;
  });
  return {
    process: child,
    stop: () =>
      new Promise((resolve) => {
        process.off('exit', atExit);
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

export interface Run {
  launchMs: number;
  /** from start to the first recorded child */
  firstMs: number;
  /** from start to the batch's end */
  runMs: number;
  batchId: string;
}

/** Launches and starts one batch, of no-op children by default, and waits for its end. */
export async function runBatch(
  context: Context,
  count: number,
  { options = {}, item = { payload: 1 } }: { options?: BatchOptions; item?: unknown } = {},
): Promise<Run> {
  const launched = performance.now();
  const { result } = await launchBatch(context, {
    fields: { name: `bench ${count}`, type: 'diagnostic', options, start: 'manual' },
    items: asItems(Array.from({ length: count }, () => item)),
  });
  const started = performance.now();
  await startBatch(context, result.batchId);
  const batch = await until(
    'the batch has finished',
    async () => {
      const seen = await getBatch(context, result.batchId);
      return seen.finishedAt !== null && seen;
    },
    { timeoutMs: 600_000, everyMs: 200 },
  );
  if (batch.completed !== count) throw new Error(`${batch.completed} of ${count} completed`);
  const { rows } = await pool().query<{ first: number; run: number }>(
    `select extract(epoch from min(j.finished_at) - b.started_at)::float8 * 1000 as first,
       extract(epoch from b.finished_at - b.started_at)::float8 * 1000 as run
     from batch b join job j on j.batch_id = b.id where b.id = $1 group by b.id`,
    [result.batchId],
  );
  return {
    launchMs: started - launched,
    firstMs: rows[0]?.first ?? Number.NaN,
    runMs: rows[0]?.run ?? Number.NaN,
    batchId: result.batchId,
  };
}

export const newContext = (): Promise<Context> => createContext({ name: 'bench' });

export function noOps(count: number): unknown[] {
  const one = { payload: 1 };
  return Array.from({ length: count }, () => one);
}
