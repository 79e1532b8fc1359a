import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { copyTemplate, dropDatabase } from './databases';

// Runs before each test file and before anything of the product is imported: the file finds an
// environment of its own, with an empty database, its own queue prefix and its own data folder.
const { adminUrl, template, redisUrl } = inject('services');
const name = `batchyard_test_${randomBytes(6).toString('hex')}`;
const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-test-data-'));

process.env.DATABASE_URL = await copyTemplate(adminUrl, template, name);
process.env.QUEUE_PREFIX = name;
process.env.DATA_DIR = dataDir;
process.env.SECRETS_KEY = randomBytes(32).toString('hex');
if (redisUrl) process.env.REDIS_URL = redisUrl;
else delete process.env.REDIS_URL;

afterAll(async () => {
  const [{ flushMonitoring }, { closePool }, { closePrisma }, { closeQueues }, { closeEvents }] = await Promise.all([
    import('@/lib/domain/monitoring/track'),
    import('@/lib/db/pool'),
    import('@/lib/db/prisma'),
    import('@/lib/queue/queues'),
    import('@/lib/events/relay'),
  ]);
  await flushMonitoring();
  await closeQueues();
  await closeEvents();
  await closePrisma();
  await closePool();
  await dropDatabase(adminUrl, name);
  await rm(dataDir, { recursive: true, force: true });
});
