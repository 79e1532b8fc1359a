import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Fault } from '@/chaos/fault';
import { must } from '@/lib/contracts/must';
import { queueOf } from '@/lib/queue/queues';
import { until } from '@/lib/testing/until';

const FULL_MS = 4000;
const SLOW = { delayMs: 150, forMs: 6000 };

/** Returns how often Redis refused a write. */
async function refusals(redis: Redis): Promise<number> {
  return Number(/errorstat_OOM:count=(\d+)/.exec(await redis.info('errorstats'))?.[1] ?? 0);
}

export const REDIS_FAULTS: Fault[] = [
  {
    name: 'Redis is killed and comes back empty',
    short: true,
    on: 'redis',
    async strike({ installation }) {
      await installation.redis?.restart();
      return 1;
    },
  },
  {
    name: 'Redis is full',
    on: 'redis',
    async strike({ installation, feed }) {
      const redis = new Redis(must(installation.redis, 'The Redis of the installation').url);
      try {
        const before = await refusals(redis);
        await redis.config('SET', 'maxmemory', '1');
        // A launch is acknowledged anyway: its rows do not need Redis.
        await feed(Array.from({ length: 300 }, () => ({ durationMs: 5 })));
        await until('Redis has refused to write', async () => (await refusals(redis)) > before);
        await sleep(FULL_MS);
        return (await refusals(redis)) - before;
      } finally {
        await redis.config('SET', 'maxmemory', '0');
        redis.disconnect();
      }
    },
  },
  {
    name: 'Redis is slow',
    on: 'redis',
    async strike({ installation, feed }) {
      const proxy = installation.redisProxy;
      if (!proxy) return 0;
      const before = proxy.delayed;
      proxy.delayMs = SLOW.delayMs;
      try {
        await feed(Array.from({ length: 500 }, () => ({ durationMs: 5 })));
        await sleep(SLOW.forMs);
      } finally {
        proxy.delayMs = 0;
      }
      return proxy.delayed - before;
    },
  },
  {
    name: 'the queue is emptied',
    async strike() {
      const queue = queueOf('diagnostic');
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed');
      await queue.obliterate({ force: true });
      return Object.values(counts).reduce((sum, n) => sum + n, 0);
    },
  },
];
