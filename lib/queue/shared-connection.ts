import { EventEmitter } from 'node:events';
import {
  type BackendFactory,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  type QueueBaseOptions,
} from 'bullmq';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { postgresOptions, type Readiness, repairConnection } from '@/lib/config/postgres';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';

/** Enough for one worker at full speed, or for the few workers that are busy at the same time. */
const MAX_CONNECTIONS = 5;

const FORWARDED = ['ready', 'error', 'listenerinvalidated'] as const;

/** The connection that all queues and workers of this process share on Postgres, and how many use it. */
const held = perProcess('queue-connection', openShared);

function openShared(): { connection: PostgresConnection; shares: number } {
  const connection = new PostgresConnection({
    ...postgresOptions('batchyard-queue', MAX_CONNECTIONS),
    schema: QUEUE_SCHEMA,
  });
  // Each queue and worker adds listeners to it, and to its only client for notifications.
  connection.setMaxListeners(0);
  connection.on('error', (error: Error) => logger.debug({ err: error }, 'The queue connection reported an error.'));
  repairConnection(connection);
  return { connection, shares: 0 };
}

function acquire(): PostgresConnection {
  const shared = held.get();
  shared.shares += 1;
  return shared.connection;
}

async function release(connection: PostgresConnection): Promise<void> {
  const shared = held.peek();
  if (shared?.connection !== connection) return;
  shared.shares -= 1;
  if (shared.shares > 0) return;
  held.clear();
  await connection.close();
}

type Listener = EventEmitter & { query(text: string, values?: unknown[]): Promise<unknown> };

const serialized = new WeakSet<Listener>();

/** Serializes the queries of a client that several queues use, because a client can run only one at a time. */
function serializeQueries(client: Listener): Listener {
  if (serialized.has(client)) return client;
  serialized.add(client);
  client.setMaxListeners(0);
  const query = client.query.bind(client);
  let last: Promise<unknown> = Promise.resolve();
  client.query = (...given) => {
    const answer = last.then(() => query(...given));
    last = answer.catch(() => undefined);
    return answer;
  };
  return client;
}

/** One queue's or worker's reference to the shared connection. The last reference to close closes the connection. */
class Share extends EventEmitter {
  readonly schema = QUEUE_SCHEMA;
  /** the backend that remembers whether it is ready */
  user?: Readiness;
  private readonly shared = acquire();
  private closing: Promise<void> | undefined;
  private readonly forwards = FORWARDED.map((name) => {
    const forward = (...given: unknown[]) => this.emit(name, ...given);
    this.shared.on(name, forward);
    return () => this.shared.off(name, forward);
  });

  get pool() {
    return this.shared.pool;
  }

  get isClosing() {
    return this.closing ?? this.shared.isClosing;
  }

  get hasListenClientKeepAlive() {
    return this.shared.hasListenClientKeepAlive;
  }

  async getListenClient() {
    // BullMQ declares only the methods that it calls; the client is one of pg.
    return serializeQueries((await this.shared.getListenClient()) as unknown as Listener);
  }

  async waitUntilReady() {
    try {
      await this.shared.waitUntilReady();
    } catch (error) {
      // As in BullMQ's own connection: the next caller tries again.
      if (this.user) this.user.readyPromise = undefined;
      throw error;
    }
  }

  /** The client listens for several queues, so it gets the name of none. */
  async setListenClientName(): Promise<void> {}

  close() {
    this.closing ??= this.end();
    return this.closing;
  }

  disconnect() {
    return this.close();
  }

  private async end(): Promise<void> {
    for (const stop of this.forwards) stop();
    await release(this.shared);
    this.emit('close');
  }
}

/**
 * BullMQ's backend on Postgres over one connection for the whole process. BullMQ opens a pool for each queue and each
 * worker, and a listening client for each worker; every consumer works for every job type, so that a machine of eight
 * cores would hold 200 connections before its first job.
 */
export const createSharedBackend: BackendFactory = (name, options) => {
  const share = new Share();
  // PostgresConnection has private members, so no other class fits it; BullMQ uses only the members that Share has.
  const connection = share as unknown as PostgresConnection;
  const backend = new PostgresQueueBackend(
    connection,
    name,
    options as QueueBaseOptions<PostgresConnectionOptions>,
    true,
  );
  // The member is private, but a failed connection must be forgotten for the next caller.
  share.user = backend as unknown as Readiness;
  return backend as ReturnType<BackendFactory>;
};
