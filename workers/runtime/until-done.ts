import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';

/** The first and the longest pause between two tries, and how many tries pass until the next word about them. */
const FIRST_MS = 100;
const MOST_MS = 2000;
const SAID_EVERY = 20;

/**
 * Repeats until it succeeds: for what must not be given up while Postgres is away. The deliveries of a consumer stay
 * locked by it meanwhile, so nothing is lost and nothing runs twice.
 */
export async function untilDone<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round === 1 || round % SAID_EVERY === 0) logger.warn({ err: error, round }, `${what} failed; trying again`);
      await sleep(Math.min(FIRST_MS * 2 ** (round - 1), MOST_MS));
    }
  }
}
