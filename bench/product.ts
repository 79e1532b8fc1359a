import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { closePool, pool } from '@/lib/db/pool';
import { closePrisma } from '@/lib/db/prisma';
import { type LaunchInput, launchBatch } from '@/lib/domain/batch/launch-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import type { Context } from '@/lib/domain/context';
import { closeEvents } from '@/lib/events/relay';
import { closeQueues } from '@/lib/queue/queues';
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

/** Launches a batch of diagnostic items, which waits for its start unless `fields` sets otherwise. @returns its id */
export async function launchOf(
  context: Context,
  items: unknown[],
  fields: Partial<LaunchInput['fields']> = {},
): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: `bench ${items.length}`, type: 'diagnostic', start: 'manual', ...fields },
    items: asItems(items),
  });
  return result.batchId;
}

/**
 * Waits until the batches have ended. @returns milliseconds from the first start to the last end
 * @throws Error if a child did not complete
 */
export async function batchesEnded(ids: string[]): Promise<number> {
  const { ms, whole } = await until(
    'the batches have ended',
    async () => {
      const { rows } = await pool().query<{ ms: number; over: boolean; whole: boolean }>(
        `select extract(epoch from max(finished_at) - min(started_at))::float8 * 1000 as ms,
           bool_and(finished_at is not null) as over, bool_and(completed = total) as whole
         from batch where id = any($1::uuid[])`,
        [ids],
      );
      return rows[0]?.over && rows[0];
    },
    { timeoutMs: 600_000, everyMs: 100 },
  );
  if (!whole) throw new Error('not every child completed');
  return ms;
}

/** Closes what the measuring process itself has open, even if the queues are gone. */
export async function closeConnections(): Promise<void> {
  await Promise.allSettled([closeQueues(), closeEvents()]);
  await closePrisma();
  await closePool();
}

/** Launches and starts one batch, of no-op children by default, and waits for its end. */
export async function runBatch(
  context: Context,
  count: number,
  { options = {}, item = { payload: 1 } }: { options?: BatchOptions; item?: unknown } = {},
): Promise<Run> {
  const launched = performance.now();
  const batchId = await launchOf(
    context,
    Array.from({ length: count }, () => item),
    { options },
  );
  const started = performance.now();
  await startBatch(context, batchId);
  const runMs = await batchesEnded([batchId]);
  const { rows } = await pool().query<{ first: number }>(
    `select extract(epoch from min(j.finished_at) - b.started_at)::float8 * 1000 as first
     from batch b join job j on j.batch_id = b.id where b.id = $1 group by b.id`,
    [batchId],
  );
  return { launchMs: started - launched, firstMs: rows[0]?.first ?? Number.NaN, runMs, batchId };
}

export const newContext = (): Promise<Context> => createContext({ name: 'bench' });

export function noOps(count: number): unknown[] {
  const one = { payload: 1 };
  return Array.from({ length: count }, () => one);
}
