import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { env } from './env';
import { logger } from './logger';
import { perProcess } from './per-process';

/** After this time, Redis is probed while a call runs: the call may be large, or Redis may hang. */
const PROBE_AFTER_MS = 300;
/** time between further probes */
const PROBE_EVERY_MS = 2000;
/** A probe that takes longer counts as no answer. */
const PROBE_TIMEOUT_MS = 900;
/** lifetime of the key that a probe writes */
const PROBE_KEY_MS = 1000;
/** time between probes while Redis is away */
const AWAY_PROBE_MS = 500;
const RECONNECT_MS = { first: 100, most: 500 };

/** Redis does not answer. Calls that were sent may still be carried out when it answers again. */
export class RedisAway extends Error {
  override name = 'RedisAway';
  readonly code = 'ETIMEDOUT';
}

interface RedisState {
  probing?: Promise<Error | undefined> | undefined;
  away?: { since: Date; why: Error } | undefined;
  timer?: NodeJS.Timeout | undefined;
  onBack: Set<() => void>;
}

const held = perProcess<RedisState>('redis', () => ({ onBack: new Set() }));
const state = (): RedisState => held.get();

/** Options of every BullMQ connection of this process to Redis: it reconnects forever, at short intervals. */
export const redisOptions = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  // BullMQ would wait up to 20 s: no work would run for so long after Redis is back.
  retryStrategy: (times: number) => Math.min(RECONNECT_MS.first * times, RECONNECT_MS.most),
});

/** Since when Redis is away, and why; undefined while it answers, and where queues live on Postgres. */
export const redisAway = (): RedisState['away'] => state().away;

/** Calls back whenever Redis answers again, until the returned function is called. */
export function onRedisBack(listener: () => void): () => void {
  const { onBack } = state();
  onBack.add(listener);
  return () => onBack.delete(listener);
}

/** Whether an error only means that Redis is away, which is logged once elsewhere. By name: bundles may hold this module twice. */
export const isRedisAway = (error: unknown): boolean => error instanceof Error && error.name === 'RedisAway';

/**
 * Waits for `work` as long as Redis answers probes. While Redis is known to be away, the work is not started, so that
 * nothing piles up for its return; the sweep later does from the rows what was left out.
 * @throws RedisAway
 */
export async function whileRedisAnswers<T>(work: () => Promise<T>): Promise<T> {
  if (!env().REDIS_URL) return work();
  const { away } = state();
  if (away) throw new RedisAway('Redis is away', { cause: away.why });
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const probe = async () => {
      const why = await probeRedis();
      if (over) return;
      if (why) reject(new RedisAway('Redis is away', { cause: why }));
      else timer = setTimeout(probe, PROBE_EVERY_MS);
    };
    timer = setTimeout(probe, PROBE_AFTER_MS);
  });
  const working = work();
  // It may fail after the race is over, when nobody waits for it.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, silence]);
  } finally {
    over = true;
    clearTimeout(timer);
  }
}

/**
 * Logs an error of a connection that BullMQ keeps open. An outage of Redis is logged once, by the probe, and not by
 * each connection at each try.
 */
export async function connectionTrouble(error: Error, about: Record<string, unknown>, what: string): Promise<void> {
  const isAway = env().REDIS_URL && (await probeRedis()) !== undefined;
  const isBrokenSocket = typeof (error as NodeJS.ErrnoException).code === 'string';
  logger[isAway || isBrokenSocket ? 'debug' : 'warn']({ err: error, ...about }, what);
}

/**
 * Probes whether Redis answers and takes writes, over a new connection: open ones may hang. A refusal because of a
 * missing right is an answer too. Concurrent callers share one probe.
 * @returns why Redis is not usable
 */
export function probeRedis(): Promise<Error | undefined> {
  const all = state();
  all.probing ??= sendProbe()
    .then(remember)
    .finally(() => {
      all.probing = undefined;
    });
  return all.probing;
}

async function sendProbe(): Promise<Error | undefined> {
  const redis = openRedis();
  let why: Error | undefined;
  redis.on('error', (error: Error) => {
    why = error;
  });
  try {
    // A Redis that answers may still take no writes: it is full, or has become a replica.
    const probe = () => redis.set(`${env().QUEUE_PREFIX}:probe:written`, 1, 'PX', PROBE_KEY_MS);
    const answer = redis.connect().then(probe);
    answer.catch(() => undefined);
    const silence = sleep(PROBE_TIMEOUT_MS).then(() => {
      throw why ?? new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`);
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

/**
 * A connection for a few commands, each of which fails soon when Redis does not answer.
 * @throws Error without REDIS_URL: ioredis would connect to any Redis of this machine
 */
export function openRedis(): Redis {
  const { REDIS_URL } = env();
  if (!REDIS_URL) throw new Error('A connection to Redis needs REDIS_URL.');
  return new Redis(REDIS_URL, {
    lazyConnect: true,
    enableOfflineQueue: false,
    // The check sends INFO and prints to the console where INFO is not allowed. Our commands show the same failure.
    enableReadyCheck: false,
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
}

function remember(why: Error | undefined): Error | undefined {
  const all = state();
  if (why && !all.away) {
    all.away = { since: new Date(), why };
    logger.warn({ err: why }, 'Redis is not reachable. Work that needs it waits until it is back.');
  } else if (!why && all.away) {
    logger.warn({ awayMs: Date.now() - all.away.since.getTime() }, 'Redis is reachable again. Waiting work continues.');
    all.away = undefined;
    for (const listener of all.onBack) listener();
  }
  if (all.away) {
    all.timer ??= setTimeout(() => {
      all.timer = undefined;
      void probeRedis();
    }, AWAY_PROBE_MS).unref();
  }
  return why;
}
