import { afterEach, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { NODE_LOST_SECONDS } from '@/lib/domain/capacity/get-capacity';
import { createJob } from '@/lib/domain/job/create-job';
import { backend } from '@/lib/testing/backend';
import { createContext } from '@/lib/testing/factories';
import { type ServiceProxy, startProxy } from '@/lib/testing/services/proxy';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { STOP_MS } from './runtime/supervisor';

vi.setConfig({ testTimeout: 120_000 });

/** How long `npm start` waits for the workers before it kills them. */
const LIMIT_MS = 11_000;
/** The remaining time in which the supervisor closes connections and sends the last traces. */
const CLOSE_MS = 900;

interface Installation {
  postgres: ServiceProxy;
  redis: ServiceProxy | undefined;
  workers: Workers;
  jobId: string;
}

let installation: Installation | undefined;

afterEach(async () => {
  if (installation?.workers.process.exitCode === null) installation.workers.process.kill('SIGKILL');
  await Promise.all([installation?.postgres.stop(), installation?.redis?.stop()]);
});

/** Starts workers that reach their services through proxies, with a job that runs for a minute. */
async function startBusy(): Promise<Installation> {
  const { DATABASE_URL = '', REDIS_URL } = process.env;
  const postgres = await startProxy(DATABASE_URL);
  const redis = REDIS_URL ? await startProxy(REDIS_URL) : undefined;
  const workers = await startWorkers({
    DATABASE_URL: postgres.through(DATABASE_URL),
    ...(redis && REDIS_URL ? { REDIS_URL: redis.through(REDIS_URL) } : {}),
    LOG_LEVEL: 'silent',
  });
  const { job } = await createJob(await createContext(), { type: 'diagnostic', data: { durationMs: 60_000 } });
  installation = { postgres, redis, workers, jobId: job.id };
  await until(
    'the job runs',
    async () => {
      const { rows } = await pool().query("select 1 from job where id = $1 and status = 'active'", [job.id]);
      return rows.length > 0;
    },
    { timeoutMs: 60_000 },
  );
  return installation;
}

test('the limits of a stop add up to less than what npm start allows', () => {
  const { drain, lastSteps } = STOP_MS;
  // After the drain: killed consumers, the last event, and the unregistered node.
  expect(drain + 3 * lastSteps.min + CLOSE_MS).toBeLessThan(LIMIT_MS);
});

test('stops in order when Postgres is gone for good', async () => {
  const { postgres, workers } = await startBusy();
  await postgres.cut();
  expect(await workers.stop()).toBe(0);
});

test('stops in order when Postgres is there and says nothing', async () => {
  const { postgres, workers } = await startBusy();
  postgres.delayMs = 3_600_000;
  expect(await workers.stop()).toBe(0);
});

test.runIf(backend() === 'redis')('stops in order when Redis is gone for good', async () => {
  const { redis, workers, jobId } = await startBusy();
  await redis?.cut();
  expect(await workers.stop()).toBe(0);
  const { rows } = await pool().query('select status from job where id = $1', [jobId]);
  expect(rows).toEqual([{ status: 'pending' }]);
});

test('what a killed supervisor and its consumers held goes on elsewhere before they count as silent for long', async () => {
  const { workers, jobId } = await startBusy();
  const others = await startWorkers({ LOG_LEVEL: 'silent' });
  const { rows } = await pool().query<{ id: number; pid: number }>(
    'select c.id, c.pid from job j join consumer c on c.id = j.consumer_id where j.id = $1',
    [jobId],
  );
  const held = rows[0];
  workers.process.kill('SIGKILL');
  process.kill(held?.pid ?? 0, 'SIGKILL');
  const { seconds } = await until(
    'another consumer runs the job',
    async () => {
      const { rows: now } = await pool().query<{ seconds: number }>(
        `select extract(epoch from c.ended_at - n.last_seen_at)::float8 as seconds from consumer c
           join node n on n.id = c.node_id join job j on j.consumer_id <> c.id
         where c.id = $1 and c.ended_at is not null and j.id = $2`,
        [held?.id, jobId],
      );
      return now[0];
    },
    { timeoutMs: 60_000 },
  );
  expect(seconds).toBeLessThan(NODE_LOST_SECONDS);
  const job = await pool().query('select crashes, attempts_made from job where id = $1', [jobId]);
  expect(job.rows).toEqual([{ crashes: 0, attempts_made: 0 }]);
  await others.stop();
});
