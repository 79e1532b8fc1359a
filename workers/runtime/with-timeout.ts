import { logger } from '@/lib/config/logger';

/**
 * Waits for a step of a shutdown, `ms` at most: the database or the queue may be gone for good. A step that fails or takes
 * longer is logged and left undone.
 * @param what the step, as the subject of a log sentence @returns whether it was done
 */
export async function withTimeout(what: string, ms: number, work: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work(), late]);
    return true;
  } catch (error) {
    logger.warn({ err: error }, `${what} failed or took longer than ${ms} ms. The shutdown goes on without it.`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}
