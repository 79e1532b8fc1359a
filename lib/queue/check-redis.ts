import type { Redis } from 'ioredis';
import { env } from '@/lib/config/env';
import { openRedis } from '@/lib/config/redis';
import { reasonOf, ServiceTrouble, socketTrouble } from '@/lib/config/service-trouble';
import { must } from '@/lib/contracts/must';
import { findMissingRights } from './redis-rights';

/** The oldest version with all commands that BullMQ and the relay of events need: https://docs.bullmq.io */
const OLDEST = [6, 2] as const;
const RIGHTS = 'docs/operations.md lists the rights that the user of REDIS_URL needs';

/** A Redis that can hold the queues. */
interface UsableRedis {
  version: string;
  /** what is not ideal, but no error */
  remarks: string[];
}

/**
 * Checks whether the Redis of REDIS_URL can hold the queues: it accepts our credentials, is no Cluster and no replica, is new
 * enough, and permits every command of BullMQ.
 * @throws ServiceTrouble
 */
export async function checkRedis(): Promise<UsableRedis> {
  const redis = openRedis();
  let why: Error | undefined;
  redis.on('error', (error: Error) => {
    why = error;
  });
  try {
    await redis.connect();
    // The client only reports that it could not select the database, and continues with the first one.
    const { db } = redis.options;
    if (db) await redis.select(db);
    return await examine(redis);
  } catch (error) {
    if (error instanceof ServiceTrouble) throw error;
    throw troubleOf(why ?? (error as Error));
  } finally {
    redis.disconnect();
  }
}

async function examine(redis: Redis): Promise<UsableRedis> {
  const facts = readFacts(await redis.info());
  if (facts.redis_mode === 'cluster') {
    throw new ServiceTrouble(
      'REDIS_URL leads to a Redis Cluster, which is not supported. Use a single Redis (with a replica and Sentinel or a managed failover if need be)',
      false,
    );
  }
  const version = facts.redis_version;
  if (!version) {
    throw new ServiceTrouble(
      `Redis at REDIS_URL reports no version in INFO, so it cannot be checked; ${OLDEST.join('.')} or newer is needed`,
      false,
    );
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new ServiceTrouble(`Redis at REDIS_URL is ${version}; ${OLDEST.join('.')} or newer is needed`, false);
  }
  if (facts.role === 'slave') {
    throw new ServiceTrouble('REDIS_URL leads to a replica of Redis, which takes no writes. Name the primary', true);
  }
  const missing = await findMissingRights(redis);
  if (missing.includes('keys')) {
    throw new ServiceTrouble(
      `the user of REDIS_URL may not use keys that begin with ${env().QUEUE_PREFIX}: (QUEUE_PREFIX). ${RIGHTS}`,
      false,
    );
  }
  if (missing.length > 0) throw missingRights(missing);
  const policy = facts.maxmemory_policy;
  const remarks =
    policy && policy !== 'noeviction'
      ? [
          `Redis at REDIS_URL may throw data away when its memory is full (maxmemory-policy ${policy}). Set it to noeviction: work that was thrown away runs only after the sweep has found it.`,
        ]
      : [];
  return { version, remarks };
}

const missingRights = (commands: string[], cause?: unknown) =>
  new ServiceTrouble(
    `the user of REDIS_URL may not use the command${commands.length > 1 ? 's' : ''} ${commands.join(', ')}. ${RIGHTS}`,
    false,
    { cause },
  );

const readFacts = (info: string): Record<string, string | undefined> =>
  Object.fromEntries([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map((m) => [m[1], m[2]]));

function troubleOf(error: Error): ServiceTrouble {
  const url = new URL(must(env().REDIS_URL, 'REDIS_URL'));
  const { message } = error;
  const trouble = (text: string, waitingHelps: boolean) => new ServiceTrouble(text, waitingHelps, { cause: error });
  if (/^(WRONGPASS|NOAUTH)|invalid (username|password)|AUTH.*without any password/i.test(message))
    return trouble('Redis refuses the user or the password in REDIS_URL', false);
  if (message.startsWith('NOPERM')) return missingRights([/'([\w|]+)' command/.exec(message)?.[1] ?? 'info'], error);
  if (message.startsWith('MOVED')) return trouble('REDIS_URL leads to a Redis Cluster, which is not supported', false);
  if (/DB index|invalid DB/i.test(message))
    return trouble('Redis has no database of the number that REDIS_URL names', false);
  if (/protocol error|RESP type/i.test(message))
    return trouble(`what answers at ${url.host} (REDIS_URL) is no Redis`, false);
  if (message.startsWith('READONLY')) return trouble('Redis has become a replica and takes no writes', true);
  if (message.startsWith('OOM')) return trouble('the memory of Redis is full (maxmemory): it takes no writes', true);
  if (message.startsWith('LOADING')) return trouble('Redis still loads its data', true);
  return (
    socketTrouble(error, 'REDIS_URL', url) ??
    trouble(`Redis at ${url.host} (REDIS_URL) does not serve: ${reasonOf(error)}`, true)
  );
}
