import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { createJob } from '@/lib/domain/job/create-job';
import { backend } from '@/lib/testing/backend';
import { createContext } from '@/lib/testing/factories';
import { startWorkers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

test.runIf(backend() === 'redis')('a job runs even if a dead process received its marker', async () => {
  const context = await createContext();
  const dead = new Redis(env().REDIS_URL ?? '', { maxRetriesPerRequest: null });
  let isConnected = true;
  let markers = 0;
  // It asks first and after each marker, so it is always there before the worker asks again.
  const takeMarkers = async () => {
    while (isConnected) if (await dead.bzpopmin(`${env().QUEUE_PREFIX}:diagnostic:marker`, 1)) markers += 1;
  };
  const taking = takeMarkers();
  const workers = await startWorkers();
  for (let i = 0; i < 2; i += 1) {
    const { job } = await createJob(context, { type: 'diagnostic', data: {} });
    await until(
      'the job has ended',
      async () => {
        const { rows } = await pool().query('select 1 from job where id = $1 and outcome is not null', [job.id]);
        return rows.length > 0;
      },
      // Less than the time after which a worker asks by itself.
      { timeoutMs: 50_000 },
    );
  }
  expect(markers).toBeGreaterThan(1);
  isConnected = false;
  await taking;
  dead.disconnect();
  await workers.stop();
});
