import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@/lib/config/logger';
import { exponential } from '@/lib/contracts/backoff';

const delay = exponential({ base: 100, max: 500 });
/** Only every so many failures are logged. */
const LOG_EVERY = 20;

/**
 * Repeats until it succeeds: for work that must not be given up while Postgres is unavailable. The deliveries of a
 * consumer stay locked meanwhile, so no job is lost or runs twice.
 * @param what the operation, as the subject of a log sentence
 */
export async function retryForever<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const retryInMs = delay(failures);
      if (failures === 1 || failures % LOG_EVERY === 0) {
        logger.warn({ err: error, failures, retryInMs }, `${what} failed. Trying again in ${retryInMs} ms.`);
      }
      await sleep(retryInMs);
    }
  }
}
