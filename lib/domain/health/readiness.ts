import { setTimeout as wait } from 'node:timers/promises';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { probeRedis, redisAway } from '@/lib/config/redis';
import { reasonOf, ServiceTrouble } from '@/lib/config/service-trouble';
import { eventsRoundTrip } from '@/lib/events/round-trip';
import { checkRedis } from '@/lib/queue/check-redis';
import { roundTrip } from '@/lib/queue/round-trip';
import { checkDatabase } from './check-database';
import { isServable } from './is-servable';

/** A service that takes longer to respond, in milliseconds, counts as unavailable. */
const TIMEOUT_MS = 2500;
/** How long a result is cached, so that frequent probes cost nothing. */
const CACHE_MS = 1000;

export type Readiness =
  | { status: 'ready' }
  /** the queue worked before and is unavailable now */
  | { status: 'degraded'; since: Date; why: string }
  | { status: 'unready'; part: 'database' | 'queue'; why: string };

interface Memory {
  /** a delivery went through the queue since this process started */
  worked: boolean;
  asking?: Promise<Readiness> | undefined;
  known?: { at: number; readiness: Readiness };
  trying?: Promise<void> | undefined;
  degradedSince?: Date | undefined;
  said?: string | undefined;
}

const memory = perProcess<Memory>('readiness', () => ({ worked: false })).get;

/**
 * Checks whether jobs that are launched now would run. Concurrent callers share one check, which takes three seconds at
 * most.
 */
export function getReadiness(): Promise<Readiness> {
  const all = memory();
  const { known } = all;
  // A cached result is not used if Redis became unavailable, or available again, after it.
  const isTrue =
    known && Date.now() - known.at < CACHE_MS && (known.readiness.status === 'ready') !== Boolean(redisAway());
  if (isTrue) return Promise.resolve(known.readiness);
  all.asking ??= find()
    .then((readiness) => {
      all.known = { at: Date.now(), readiness };
      say(readiness);
      return readiness;
    })
    .finally(() => {
      all.asking = undefined;
    });
  return all.asking;
}

async function find(): Promise<Readiness> {
  const [database, queue] = await Promise.all([
    inTime(isServable(), 'the database does not answer'),
    inTime(tryQueue(), redisAway()?.why.message ?? 'the queue does not answer'),
  ]);
  if (database) return { status: 'unready', part: 'database', why: database };
  const all = memory();
  if (!queue) {
    all.degradedSince = undefined;
    return { status: 'ready' };
  }
  if (!all.worked) return { status: 'unready', part: 'queue', why: queue };
  all.degradedSince ??= redisAway()?.since ?? new Date();
  return { status: 'degraded', since: all.degradedSince, why: queue };
}

/** Returns what is wrong, or undefined. */
const inTime = (work: Promise<string | undefined>, silence: string): Promise<string | undefined> =>
  Promise.race([work.catch((error: Error) => reasonOf(error)), wait(TIMEOUT_MS, silence, { ref: false })]);

async function tryQueue(): Promise<undefined> {
  const all = memory();
  // With Postgres as the queue, the queue is as available as the database.
  if (all.worked) return env().REDIS_URL ? stillWorks() : undefined;
  // All callers share a check that hangs, so that no further checks are started.
  all.trying ??= checkQueue().finally(() => {
    all.trying = undefined;
  });
  await all.trying;
  all.worked = true;
  return undefined;
}

async function stillWorks(): Promise<undefined> {
  const why = redisAway()?.why ?? (await probeRedis());
  if (why) throw why;
  return undefined;
}

/**
 * Checks the backend of the queue, then sends a delivery and an event from end to end. It logs warnings about the
 * backend.
 * @throws ServiceTrouble
 */
async function checkQueue(timeoutMs = TIMEOUT_MS * 4): Promise<void> {
  const remarks = env().REDIS_URL ? (await checkRedis()).remarks : [];
  for (const remark of remarks) logger.warn(remark);
  try {
    await Promise.all([roundTrip(timeoutMs), eventsRoundTrip(timeoutMs)]);
  } catch (error) {
    if (!env().REDIS_URL) await checkDatabase();
    throw new ServiceTrouble(`work does not come through the queue: ${reasonOf(error as Error)}`, true, {
      cause: error,
    });
  }
}

/** Detects that the queue is unavailable, or available again, also while no caller uses it. */
export async function lookForQueue(): Promise<void> {
  if (env().REDIS_URL && !redisAway()) await probeRedis();
}

/** Logs a problem once when it starts, and once when it ends. */
function say(readiness: Readiness): void {
  const all = memory();
  const now = readiness.status === 'ready' ? undefined : `${readiness.status}: ${readiness.why}`;
  if (now === all.said) return;
  all.said = now;
  if (readiness.status === 'ready') logger.info('Ready: deliveries go through the queue.');
  // The probe has already logged that Redis is unavailable.
  else if (readiness.status === 'degraded')
    logger.info(
      { why: readiness.why },
      'Degraded: the queue is unavailable. Launches are stored and start when it is back.',
    );
  else logger.warn(`Not ready: ${readiness.why}`);
}
