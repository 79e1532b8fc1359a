import { afterEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { createJob } from '@/lib/domain/job/create-job';
import { definitionOf } from '@/lib/job-types/catalogue';
import { backend } from '@/lib/testing/backend';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { type ServiceProxy, startProxy } from '@/lib/testing/services/proxy';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { WORKERS_STOP_IN } from '@/scripts/lib/stop.mjs';
import { STOP_MS } from './runtime/supervisor';

/** The job outlasts any grace period, so a shorter one tests the same. */
const GRACE_SCALE = '0.5';

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
    GRACE_SCALE,
    LOG_LEVEL: 'silent',
  });
  const { job } = await createJob(await createContext(), { type: 'diagnostic', data: { durationMs: 60_000 } });
  installation = { postgres, redis, workers, jobId: job.id };
  await until('the job runs', async () => {
    const { rows } = await pool().query("select 1 from job where id = $1 and status = 'active'", [job.id]);
    return rows.length > 0;
  });
  return installation;
}

test('the time limits of a shutdown add up to less than npm start allows', () => {
  const { drain, lastSteps, close } = STOP_MS;
  // After the drain: killed consumers, the last event, and the unregistered node; then counters, connections, traces.
  expect(drain + 3 * lastSteps.min + 3 * close).toBeLessThan(WORKERS_STOP_IN);
});

test('shuts down in order when Postgres is gone', async () => {
  const { postgres, workers } = await startBusy();
  await postgres.cut();
  expect(await workers.stop()).toBe(0);
});

test('shuts down in order when Postgres accepts connections and answers nothing', async () => {
  const { postgres, workers } = await startBusy();
  postgres.delayMs = 3_600_000;
  expect(await workers.stop()).toBe(0);
});

test.runIf(backend() === 'redis')('shuts down in order when Redis is gone', async () => {
  const { redis, workers, jobId } = await startBusy();
  await redis?.cut();
  expect(await workers.stop()).toBe(0);
  // What a stop has no time for, the next supervisor does.
  const others = await startWorkers({ LOG_LEVEL: 'silent' });
  await until('the job waits or runs on another consumer', async () => {
    const { rows } = await pool().query(
      `select 1 from job j left join consumer c on c.id = j.consumer_id
       where j.id = $1 and (j.status = 'pending' or (j.status = 'active' and c.ended_at is null))`,
      [jobId],
    );
    return rows.length > 0;
  });
  expect(await others.stop()).toBe(0);
});

test('the jobs of a killed supervisor and its consumers run on another one before their heartbeat expires', async () => {
  const { workers, jobId } = await startBusy();
  const { rows } = await pool().query<{ id: number; pid: number }>(
    'select c.id, c.pid from job j join consumer c on c.id = j.consumer_id where j.id = $1',
    [jobId],
  );
  const held = rows[0];
  workers.process.kill('SIGKILL');
  process.kill(held?.pid ?? 0, 'SIGKILL');
  // Only now, because the job takes a minute, and a start on a busy machine may take longer.
  const starting = startWorkers({ LOG_LEVEL: 'silent' });
  await until('another consumer runs the job', async () => {
    // Silent, but never for so long that its consumers would be given up without asking for their locks.
    await pool().query(`update node set last_seen_at = now() - interval '5 seconds' where pid = $1`, [
      workers.process.pid,
    ]);
    const { rows: now } = await pool().query(
      `select 1 from consumer c join job j on j.consumer_id <> c.id
         where c.id = $1 and c.ended_at is not null and j.id = $2`,
      [held?.id, jobId],
    );
    return now.length > 0;
  });
  const job = await pool().query('select crashes, attempts_made from job where id = $1', [jobId]);
  expect(job.rows).toEqual([{ crashes: 0, attempts_made: 0 }]);
  await (await starting).stop();
});

test('a consumer whose supervisor was killed requeues its jobs, and another one continues at once', async () => {
  const { workers, jobId } = await startBusy();
  workers.process.kill('SIGKILL');
  const others = await startWorkers({ LOG_LEVEL: 'silent' });
  await until('another consumer runs the job', async () => {
    const { rows } = await pool().query(
      `select 1 from job j join consumer c on c.id = j.consumer_id join node n on n.id = c.node_id
         where j.id = $1 and j.status = 'active' and n.pid = $2`,
      [jobId, others.process.pid],
    );
    return rows.length > 0;
  });
  // It notes its own end after its jobs are requeued.
  const ended = await until('the consumer has noted its end', async () => {
    const { rows } = await pool().query<{ crashes: number; attempts_made: number; ending: string | null }>(
      `select j.crashes, j.attempts_made, c.ending from job j, node n join consumer c on c.node_id = n.id
       where j.id = $1 and n.pid = $2`,
      [jobId, workers.process.pid],
    );
    return rows[0]?.ending != null && rows;
  });
  expect(ended).toEqual([{ crashes: 0, attempts_made: 0, ending: 'orphaned' }]);
  others.process.kill('SIGKILL');
});

test('jobs run again as soon as Postgres is back, without the pause of the queue client', async () => {
  const { postgres, workers } = await startBusy();
  await postgres.cut();
  const { job } = await createJob(await createContext(), { type: 'diagnostic', data: {} });
  await postgres.reopen();
  await until('the job has ended', async () => {
    const { rows } = await pool().query('select 1 from job where id = $1 and outcome is not null', [job.id]);
    return rows.length > 0;
  });
  await workers.stop();
});

test('the supervisor starts another consumer while deliveries wait, up to the maximum', async () => {
  const workers = await startWorkers({ WORKER_PROCESSES: '1..2' });
  const { consumerConcurrency } = definitionOf('diagnostic');
  await launchBatch(await createContext(), {
    fields: { name: 'more than one consumer takes', type: 'diagnostic', start: 'now', options: { concurrency: 0 } },
    items: asItems(Array.from({ length: consumerConcurrency + 1 }, () => ({ durationMs: 60_000 }))),
  });
  await until('two consumers run jobs', async () => {
    const { rows } = await pool().query("select distinct consumer_id from job where status = 'active'");
    return rows.length === 2;
  });
  workers.process.kill('SIGKILL');
});
