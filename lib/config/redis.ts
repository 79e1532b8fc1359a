import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { env } from './env';
import { logger } from './logger';

/** A call that takes longer is asked about: it may be large, or it may wait for a Redis that says nothing. */
const LOOK_AFTER_MS = 300;
/** and then again and again, as long as it takes */
const LOOK_EVERY_MS = 2000;
/** A Redis that takes longer to say that it is there is as good as away. */
const PATIENCE_MS = 900;
const WRITTEN_MS = 1000;
/** While Redis is away it is looked for so often. */
const RETURN_MS = 500;
const RECONNECT_MS = { first: 100, most: 1000 };

/** Redis says nothing. What was asked of it may still be carried out once it speaks again. */
export class RedisAway extends Error {
  override name = 'RedisAway';
  readonly code = 'ETIMEDOUT';
}

interface Link {
  looking?: Promise<Error | undefined> | undefined;
  away?: { since: Date; why: Error } | undefined;
  timer?: NodeJS.Timeout | undefined;
  onBack: Set<() => void>;
}

const held = globalThis as unknown as { batchyardRedisLink?: Link };
const link = (): Link => {
  held.batchyardRedisLink ??= { onBack: new Set() };
  return held.batchyardRedisLink;
};

/** How every BullMQ connection of this process reaches Redis. It tries again without end, and soon. */
export const redisOptions = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  // BullMQ would wait up to 20 s: work would stand still for so long after Redis is back.
  retryStrategy: (times: number) => Math.min(RECONNECT_MS.first * times, RECONNECT_MS.most),
});

/** Since when Redis is away, and why; undefined while it answers, and where queues live on Postgres. */
export const redisAway = (): Link['away'] => link().away;

/** Calls back whenever Redis answers again, until the returned function is called. */
export function onRedisBack(listener: () => void): () => void {
  const { onBack } = link();
  onBack.add(listener);
  return () => onBack.delete(listener);
}

/** Whether an error only says that Redis is away: that was said once already. Bundles may hold this module twice. */
export const isRedisAway = (error: unknown): boolean => error instanceof Error && error.name === 'RedisAway';

/**
 * What `work` gives, however long it takes, as long as Redis answers others meanwhile. While Redis is known to be away
 * the work is not begun, so that nothing piles up for its return: whatever is left out, the sweep does from the rows.
 * @throws RedisAway
 */
export async function whileRedisAnswers<T>(work: () => Promise<T>): Promise<T> {
  if (!env().REDIS_URL) return work();
  const { away } = link();
  if (away) throw new RedisAway('Redis is away', { cause: away.why });
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const look = async () => {
      const why = await lookForRedis();
      if (over) return;
      if (why) reject(new RedisAway('Redis is away', { cause: why }));
      else timer = setTimeout(look, LOOK_EVERY_MS);
    };
    timer = setTimeout(look, LOOK_AFTER_MS);
  });
  const doing = work();
  // Nobody may wait for it any more when it fails.
  doing.catch(() => undefined);
  try {
    return await Promise.race([doing, silence]);
  } finally {
    over = true;
    clearTimeout(timer);
  }
}

/**
 * Says what is wrong with a connection that BullMQ keeps open. That Redis is away is said once, by the one who looks,
 * not by each connection at each try.
 */
export async function connectionTrouble(error: Error, about: Record<string, unknown>, what: string): Promise<void> {
  const isAway = env().REDIS_URL && (await lookForRedis()) !== undefined;
  const isBrokenSocket = typeof (error as NodeJS.ErrnoException).code === 'string';
  logger[isAway || isBrokenSocket ? 'debug' : 'warn']({ err: error, ...about }, what);
}

/**
 * Looks whether Redis answers and takes writes, over a connection of its own: those that are open may be the ones that hang. A refusal for want of a right is an answer too. Asked once for all who wait. @returns why it does not
 */
export function lookForRedis(): Promise<Error | undefined> {
  const all = link();
  all.looking ??= ask()
    .then(remember)
    .finally(() => {
      all.looking = undefined;
    });
  return all.looking;
}

async function ask(): Promise<Error | undefined> {
  const redis = openRedis();
  let why: Error | undefined;
  redis.on('error', (error: Error) => {
    why = error;
  });
  try {
    // A Redis that answers may still take no writes: it is full, or has become a replica.
    const probe = () => redis.set(`${env().QUEUE_PREFIX}:probe:written`, 1, 'PX', WRITTEN_MS);
    const answer = redis.connect().then(probe);
    answer.catch(() => undefined);
    const silence = sleep(PATIENCE_MS).then(() => {
      throw why ?? new Error(`no answer within ${PATIENCE_MS} ms`);
    });
    silence.catch(() => undefined);
    await Promise.race([answer, silence]);
    return undefined;
  } catch (error) {
    const failure = why ?? (error as Error);
    return failure.message.startsWith('NOPERM') ? undefined : failure;
  } finally {
    redis.disconnect();
  }
}

/** A connection for a few questions, each of which is answered soon or not at all. */
export const openRedis = (): Redis =>
  new Redis(env().REDIS_URL ?? '', {
    lazyConnect: true,
    enableOfflineQueue: false,
    // It would ask for INFO and say on the console where that is not allowed; whoever asks sees what is answered.
    enableReadyCheck: false,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });

function remember(why: Error | undefined): Error | undefined {
  const all = link();
  if (why && !all.away) {
    all.away = { since: new Date(), why };
    logger.warn({ err: why }, 'Redis can’t be reached; what needs it waits until it is back');
  } else if (!why && all.away) {
    logger.warn({ awayMs: Date.now() - all.away.since.getTime() }, 'Redis answers again');
    all.away = undefined;
    for (const tell of all.onBack) tell();
  }
  if (all.away) {
    all.timer ??= setTimeout(() => {
      all.timer = undefined;
      void lookForRedis();
    }, RETURN_MS).unref();
  }
  return why;
}
