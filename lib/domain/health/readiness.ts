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

/** What takes longer to say that it is there is as good as away. */
const PATIENCE_MS = 2500;
/** How old an answer may be: whoever asks often costs no more. */
const KNOWN_MS = 1000;

export type Readiness =
  | { status: 'ready' }
  /** a queue that has worked is away */
  | { status: 'degraded'; since: Date; why: string }
  | { status: 'unready'; part: 'database' | 'queue'; why: string };

interface Memory {
  /** a delivery has gone through the queue since this process began */
  worked: boolean;
  asking?: Promise<Readiness> | undefined;
  known?: { at: number; readiness: Readiness };
  trying?: Promise<void> | undefined;
  degradedSince?: Date | undefined;
  said?: string | undefined;
}

const memory = perProcess<Memory>('readiness', () => ({ worked: false })).get;

/** Whether work that is launched now runs. Asked once for all who wait, and answered within three seconds. */
export function getReadiness(): Promise<Readiness> {
  const all = memory();
  const { known } = all;
  // What one has just learned otherwise is not hidden by an older answer.
  const isTrue =
    known && Date.now() - known.at < KNOWN_MS && (known.readiness.status === 'ready') !== Boolean(redisAway());
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

/** What is wrong, or nothing. */
const inTime = (work: Promise<string | undefined>, silence: string): Promise<string | undefined> =>
  Promise.race([work.catch((error: Error) => reasonOf(error)), wait(PATIENCE_MS, silence, { ref: false })]);

async function tryQueue(): Promise<undefined> {
  const all = memory();
  // On Postgres the queue is as well as the database.
  if (all.worked) return env().REDIS_URL ? stillWorks() : undefined;
  // What hangs is not begun again by each who asks.
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
 * Sends a delivery and an event all the way through, after a look at what may be wrong with the backend itself.
 * @returns what is not wrong but should be known
 * @throws ServiceTrouble
 */
async function checkQueue(patienceMs = PATIENCE_MS * 4): Promise<void> {
  const remarks = env().REDIS_URL ? await checkRedis() : [];
  for (const remark of remarks) logger.warn(remark);
  try {
    await Promise.all([roundTrip(patienceMs), eventsRoundTrip(patienceMs)]);
  } catch (error) {
    if (!env().REDIS_URL) await checkDatabase();
    throw new ServiceTrouble(`work does not come through the queue: ${reasonOf(error as Error)}`, true, {
      cause: error,
    });
  }
}

/** Finds out that the queue is away, or back, also while nobody uses it. */
export async function lookForQueue(): Promise<void> {
  if (env().REDIS_URL && !redisAway()) await probeRedis();
}

/** What is wrong is said once, and once that it is over. */
function say(readiness: Readiness): void {
  const all = memory();
  const now = readiness.status === 'ready' ? undefined : `${readiness.status}: ${readiness.why}`;
  if (now === all.said) return;
  all.said = now;
  if (readiness.status === 'ready') logger.info('Ready: deliveries go through the queue.');
  // That Redis is away was said by the one who looked.
  else if (readiness.status === 'degraded')
    logger.info(
      { why: readiness.why },
      'Degraded: the queue is unavailable. Launches are stored and start when it is back.',
    );
  else logger.warn(`Not ready: ${readiness.why}`);
}
