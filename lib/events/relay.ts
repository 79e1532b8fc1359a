import { createPostgresRelayBackend, Relay } from 'bullmq';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { postgresOptions, type Readiness, repairConnection } from '@/lib/config/postgres';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';
import { connectionTrouble, isRedisAway, redisOptions, whileRedisAnswers } from '@/lib/config/redis';
import { type Changes, noChanges } from '@/lib/contracts/events';
import type { ControlMessage, Topics } from './topics';

interface Backend extends Readiness {
  connection: { waitUntilReady(): Promise<void> };
}

type Listener = (message: never) => void | Promise<void>;

/** A message wakes the reader. It reads by itself only in case its connection has vanished silently. */
const READ_EVERY_MS = 30_000;
/**
 * How long a dead process still gets messages. A third of it is the time until a live one is registered again after
 * Redis lost its data; meanwhile rounds and event streams poll.
 */
const LEASE_MS = 120_000;
const INTERVALS = { blockTimeout: READ_EVERY_MS, leaseDuration: LEASE_MS };

/** The relay without the type of its backend's options. */
type EventRelay = Pick<Relay, 'publish' | 'subscribe' | 'on' | 'close'>;

const opened = perProcess('relay', openRelay);
const listeners = perProcess('listeners', () => new Map<keyof Topics, Set<Listener>>());

/** The listeners of this process for a topic. */
function listenersOf(topic: keyof Topics): Set<Listener> {
  const known = listeners.get().get(topic) ?? new Set();
  listeners.get().set(topic, known);
  return known;
}

/** One relay per process, on the same datastore as the queues. */
function relay(): EventRelay {
  return opened.get();
}

function openRelay(): EventRelay {
  const { REDIS_URL, QUEUE_PREFIX } = env();
  const created = REDIS_URL
    ? new Relay({
        connection: redisOptions(REDIS_URL),
        prefix: QUEUE_PREFIX,
        namespace: 'events',
        ...INTERVALS,
      })
    : new Relay({
        // One to publish, one to listen.
        connection: { ...postgresOptions('batchyard-events', 2), schema: QUEUE_SCHEMA },
        namespace: 'events',
        ...INTERVALS,
        backend: (...given: Parameters<typeof createPostgresRelayBackend>) => {
          const backend = createPostgresRelayBackend(...given);
          // BullMQ declares these members as private, but only they show whether the connection has failed.
          const inner = backend as unknown as Backend;
          repairConnection(inner.connection, inner);
          return backend;
        },
      });
  created.on('error', (error: Error) => connectionTrouble(error, {}, 'The events connection reported an error.'));
  // A relay that failed to register never works: the next caller opens another.
  created.waitUntilReady().catch(() => {
    if (opened.peek() === created) opened.clear();
    created.close().catch((error: unknown) => logger.warn({ err: error }, 'The events connection reported an error.'));
  });
  return created;
}

/**
 * Publishes to every process that listens. While the datastore is away, the listeners of this process still get it.
 * @throws when the datastore can't be reached
 */
export async function publish<T extends keyof Topics>(topic: T, message: Topics[T]): Promise<void> {
  try {
    await whileRedisAnswers(() => relay().publish(topic, message));
  } catch (error) {
    if (isRedisAway(error)) for (const listener of listenersOf(topic)) void deliver(topic, listener, message);
    throw error;
  }
}

async function deliver<T extends keyof Topics>(topic: T, listener: Listener, message: Topics[T]): Promise<void> {
  try {
    await (listener as (message: Topics[T]) => void | Promise<void>)(message);
  } catch (error) {
    logger.error(
      { err: error, topic },
      'A listener of messages between processes failed. Later messages are still delivered.',
    );
  }
}

/** Publishes a change; what it leaves out is empty. */
export const publishChanges = (message: Partial<Changes>): Promise<void> =>
  publish('changes', { ...noChanges(), ...message });

/** Like publishChanges where nothing depends on it: screens read the rows again by themselves. Never throws. */
export const hintChanges = (message: Partial<Changes>): Promise<void> =>
  publishChanges(message).catch((error: unknown) =>
    logger[isRedisAway(error) ? 'debug' : 'warn'](
      { err: error },
      'A change could not be published. Screens show it with their next poll.',
    ),
  );

/** Wakes supervisors where nothing depends on it: they read the rows each second anyway. Never throws. */
export const hintControl = (message: ControlMessage): Promise<void> =>
  publish('control', message).catch((error: unknown) =>
    logger[isRedisAway(error) ? 'debug' : 'warn'](
      { err: error },
      'Supervisors could not be notified. They read the rows within a second.',
    ),
  );

/** Listens until the returned function is called. A listener that throws is logged, the next message comes anyway. */
export async function subscribe<T extends keyof Topics>(
  topic: T,
  listener: (message: Topics[T]) => void | Promise<void>,
): Promise<() => Promise<void>> {
  const here = listenersOf(topic).add(listener as Listener);
  try {
    const subscription = await relay().subscribe<Topics[T]>(topic, (message) =>
      deliver(topic, listener as Listener, message.data),
    );
    return () => {
      here.delete(listener as Listener);
      return subscription.unsubscribe();
    };
  } catch (error) {
    here.delete(listener as Listener);
    throw error;
  }
}

/** Calls back when messages may have been missed: the lease expired and was renewed. */
export function onEventsRecovered(listener: () => void): void {
  relay().on('recovered', listener);
}

/** Closes the relay of this process. The next publish or subscribe opens another. */
export async function closeEvents(): Promise<void> {
  await opened.clear()?.close();
}
