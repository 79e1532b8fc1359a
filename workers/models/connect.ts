import { closePool } from '@/lib/db/pool';
import { authenticateKey } from '@/lib/domain/auth/authenticate-key';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { closeEvents } from '@/lib/events/relay';
import { closeQueues } from '@/lib/queue/queues';

/**
 * Returns the context in which a program of your own acts. It needs the product's `DATABASE_URL` (and `REDIS_URL`, if it has one).
 * @param apiKey as for the HTTP API @throws DomainError `unauthenticated`
 */
export async function connect(apiKey: string): Promise<Context> {
  const context = await authenticateKey(apiKey);
  if (!context) throw new DomainError('unauthenticated', 'This API key is not valid, or was revoked or has expired.');
  // Own types that the workers have announced can be enqueued too.
  await refreshTypes();
  return context;
}

/** Closes every connection, so that the program can end. Close workers and runners before it. */
export async function disconnect(): Promise<void> {
  await flushMonitoring();
  await Promise.allSettled([closeQueues(), closeEvents()]);
  await closePool();
}
