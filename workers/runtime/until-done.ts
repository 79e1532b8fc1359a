import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';

/**
 * Repeats until it succeeds: for what must not be given up while Postgres is away. The deliveries stay locked by
 * this process meanwhile, so nothing is lost and nothing runs twice.
 */
export async function untilDone<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round === 1 || round % 20 === 0) logger.warn({ err: error, round }, `${what} failed; trying again`);
      await sleep(Math.min(50 * 2 ** Math.min(round, 6), 2000));
    }
  }
}
