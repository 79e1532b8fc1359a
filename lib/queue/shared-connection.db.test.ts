import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { jobTypes } from '@/lib/job-types/catalogue';
import { until } from '@/lib/testing/until';
import { closeQueues, queueClasses, queueOf } from './queues';

type QueueWorker = InstanceType<ReturnType<typeof queueClasses>['Worker']>;

const worked = new Map<string, number>();
let workers: QueueWorker[];

const connections = async (): Promise<number> => {
  const { rows } = await pool().query(
    `select 1 from pg_stat_activity where datname = current_database() and application_name = 'batchyard-queue'`,
  );
  return rows.length;
};

async function deliverToAll(): Promise<void> {
  worked.clear();
  await Promise.all(jobTypes().map((type) => queueOf(type).add(type, { jobId: type })));
  await until('each worker has had one', () => worked.size === jobTypes().length);
}

beforeAll(() => {
  const { Worker } = queueClasses();
  workers = jobTypes().map((type) => {
    const worker = new Worker(type, async () => void worked.set(type, 1), {});
    worker.on('error', () => undefined);
    return worker;
  });
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await closeQueues();
});

test('the queues and workers of all job types share a few connections of their process', async () => {
  expect(jobTypes().length).toBeGreaterThan(8);
  await deliverToAll();
  expect(await connections()).toBeLessThanOrEqual(6);
});

test('each worker gets notifications again after Postgres has ended the listening connection', async () => {
  const { rows } = await pool().query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'batchyard-queue' and query ilike '%listen%bullmq_jobs%'`,
  );
  expect(rows).toHaveLength(1);
  await deliverToAll();
});

test('a closed queue leaves the others working, and the last one leaves no connection', async () => {
  const [first, ...others] = workers;
  await first?.close();
  worked.clear();
  await Promise.all(
    jobTypes()
      .slice(1)
      .map((type) => queueOf(type).add(type, { jobId: type })),
  );
  await until('the others have had one each', () => worked.size === jobTypes().length - 1);
  await Promise.all(others.map((worker) => worker.close()));
  await closeQueues();
  await until('nothing is connected', async () => (await connections()) === 0);
});
