import type { Redis } from 'ioredis';
import { env } from '@/lib/config/env';

/**
 * Every command that BullMQ and its scripts use, as a harmless call on probe keys. A script that lacks a right does not
 * report which one, so each command is tried by itself. Probe keys expire.
 */
function calls(prefix: string): [command: string, ...given: (string | number)[]][] {
  const key = (kind: string) => `${prefix}:probe:rights:${kind}`;
  const none = key('none');
  const text = key('text');
  const hash = key('hash');
  const list = key('list');
  const set = key('set');
  const sorted = key('sorted');
  const stream = key('stream');
  return [
    ['info', 'server'],
    ['ping'],
    ['time'],
    ['client', 'setname', 'batchyard-probe'],
    ['eval', 'return 1', 0],
    ['evalsha', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', 0],
    ['set', text, 1, 'PX', 10_000],
    ['get', text],
    ['incr', text],
    ['incrby', text, 1],
    ['exists', text],
    ['type', text],
    ['pexpire', text, 10_000],
    ['pexpireat', text, Date.now() + 10_000],
    ['pttl', text],
    ['persist', none],
    ['rename', none, none],
    ['hset', hash, 'a', 1],
    ['hmset', hash, 'a', 1],
    ['hget', hash, 'a'],
    ['hmget', hash, 'a'],
    ['hgetall', hash],
    ['hexists', hash, 'a'],
    ['hlen', hash],
    ['hincrby', hash, 'a', 1],
    ['hdel', hash, 'a'],
    ['lpush', list, 1],
    ['rpush', list, 1],
    ['llen', list],
    ['lindex', list, 0],
    ['lrange', list, 0, 0],
    ['lpos', list, 1],
    ['lrem', list, 0, 2],
    ['lset', list, 0, 1],
    ['ltrim', list, 0, 1],
    ['rpoplpush', list, list],
    ['lpop', list],
    ['rpop', list],
    ['sadd', set, 1],
    ['scard', set],
    ['sismember', set, 1],
    ['smembers', set],
    ['srem', set, 1],
    ['zadd', sorted, 1, 'a'],
    ['zcard', sorted],
    ['zcount', sorted, 0, 1],
    ['zlexcount', sorted, '-', '+'],
    ['zrange', sorted, 0, 0],
    ['zrangebylex', sorted, '-', '+'],
    ['zrangebyscore', sorted, 0, 1],
    ['zrevrange', sorted, 0, 0],
    ['zrevrangebyscore', sorted, 1, 0],
    ['zscore', sorted, 'a'],
    ['zremrangebyrank', sorted, 5, 6],
    ['zremrangebyscore', sorted, 5, 6],
    ['bzpopmin', sorted, 0.01],
    ['zpopmin', sorted],
    ['zrem', sorted, 'a'],
    ['xadd', stream, '*', 'a', 1],
    ['xlen', stream],
    ['xrange', stream, '-', '+', 'COUNT', 1],
    ['xread', 'COUNT', 1, 'STREAMS', stream, 0],
    ['xtrim', stream, 'MAXLEN', 0],
    ['xdel', stream, '0-1'],
    ['del', none],
    ['unlink', hash, list, set, sorted, stream],
    ['scan', 0, 'MATCH', `${prefix}:probe:*`, 'COUNT', 1],
    ['multi'],
    ['exec'],
  ];
}

/** Returns the rights that BullMQ needs and the user of REDIS_URL lacks: commands, or `keys` for access to its keys. */
export async function findMissingRights(redis: Redis): Promise<string[]> {
  const missing = new Set<string>();
  const answers = calls(env().QUEUE_PREFIX).map(async ([command, ...given]) => {
    try {
      await redis.call(command, ...given);
    } catch (error) {
      const { message } = error as Error;
      if (!message.startsWith('NOPERM')) return;
      missing.add(/\bkeys?\b/.test(message) && !/'\w+' command/.test(message) ? 'keys' : command);
    }
  });
  await Promise.all(answers);
  return [...missing];
}
