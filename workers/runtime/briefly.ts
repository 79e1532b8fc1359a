import { logger } from '@/lib/config/logger';

/**
 * Does what is good to do while everything stops, but waits for it no longer than `ms`: the database or the queue may be
 * gone for good. @returns whether it was done
 */
export async function briefly(what: string, ms: number, work: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work(), late]);
    return true;
  } catch (error) {
    logger.warn({ err: error }, `${what} was left undone while stopping`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}
