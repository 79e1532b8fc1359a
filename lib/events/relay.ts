import { createPostgresRelayBackend, Relay } from 'bullmq';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { mendConnection, postgresOptions, type Readiness } from '@/lib/config/postgres';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';
import { type ChangesMessage, noChanges, type Topics } from './messages';

interface Backend extends Readiness {
  connection: { waitUntilReady(): Promise<void> };
}

const held = globalThis as unknown as { batchyardRelay?: Relay<never> };

/** One relay per process, on the same datastore as the queues. */
function relay(): Relay<never> {
  held.batchyardRelay ??= openRelay();
  return held.batchyardRelay;
}

function openRelay(): Relay<never> {
  const { REDIS_URL, QUEUE_PREFIX } = env();
  const created = REDIS_URL
    ? new Relay({
        connection: { url: REDIS_URL, maxRetriesPerRequest: null },
        prefix: QUEUE_PREFIX,
        namespace: 'events',
      })
    : new Relay({
        // One to publish, one to listen.
        connection: { ...postgresOptions('batchyard-events', 2), schema: QUEUE_SCHEMA },
        namespace: 'events',
        backend: (...given: Parameters<typeof createPostgresRelayBackend>) => {
          const backend = createPostgresRelayBackend(...given) as unknown as Backend;
          mendConnection(backend.connection, backend);
          return backend;
        },
      } as never);
  created.on('error', (error: Error) => logger.warn({ err: error }, 'events connection'));
  // One that could not register itself never will: the next who publishes or listens opens another.
  created.waitUntilReady().catch(() => {
    if (held.batchyardRelay === (created as unknown as Relay<never>)) held.batchyardRelay = undefined;
    created.close().catch((error: unknown) => logger.warn({ err: error }, 'events connection'));
  });
  return created as unknown as Relay<never>;
}

/** Publishes to every process that listens. @throws when the datastore can't be reached */
export async function publish<T extends keyof Topics>(topic: T, message: Topics[T]): Promise<void> {
  await relay().publish(topic, message);
}

/** Publishes a change; what it leaves out is empty. */
export const publishChanges = (message: Partial<ChangesMessage>): Promise<void> =>
  publish('changes', { ...noChanges(), ...message });

/** The same where nothing depends on it: screens read the rows again on their own. Never throws. */
export const hintChanges = (message: Partial<ChangesMessage>): Promise<void> =>
  publishChanges(message).catch((error: unknown) => logger.warn({ err: error }, 'changes were not published'));

/** Listens until the returned function is called. A listener that throws is logged, the next message comes anyway. */
export async function subscribe<T extends keyof Topics>(
  topic: T,
  listener: (message: Topics[T]) => void | Promise<void>,
): Promise<() => Promise<void>> {
  const subscription = await relay().subscribe<Topics[T]>(topic, async (message) => {
    try {
      await listener(message.data);
    } catch (error) {
      logger.error({ err: error, topic }, 'an event listener failed');
    }
  });
  return () => subscription.unsubscribe();
}

/** Calls back when events may have been missed (the lease expired and was renewed). */
export function onEventsRecovered(listener: () => void): void {
  relay().on('recovered', listener);
}

/** Ends the relay of this process; who publishes or listens after it opens another. */
export async function closeEvents(): Promise<void> {
  const open = held.batchyardRelay;
  held.batchyardRelay = undefined;
  await open?.close();
}
