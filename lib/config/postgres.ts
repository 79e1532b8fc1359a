import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUrl } from './env';
import { logger } from './logger';

/**
 * A client that survives its server: when a connection is ended between two statements, the next statement fails and
 * the pool drops the client, but the process lives. Without a listener Node would end it.
 */
class PatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', (error) => logger.debug({ err: error }, 'a database connection was lost'));
  }
}

/** How every pool of this process reaches Postgres, BullMQ's own ones included. */
export const postgresOptions = (name: string, max: number) => ({
  connectionString: databaseUrl(),
  application_name: name,
  max,
  // A machine that is gone without a word is found out, also by who only listens.
  keepAlive: true,
  Client: PatientClient,
});

/** What BullMQ remembers of whether its tables are there. */
interface Readiness {
  readyPromise?: Promise<void> | undefined;
}

interface QueueConnection extends Readiness {
  pgModule: unknown;
  waitUntilReady(): Promise<void>;
}

const LOOK_AGAIN_MS = 200;

/**
 * Mends a backend that BullMQ has opened on Postgres. BullMQ remembers a first look at its tables even where it failed,
 * so that what is opened while Postgres has no connection left would never work, and a worker would ask without a pause
 * for ever. And its client that listens has no error listener until it is connected.
 */
export function mended<B extends object>(backend: B): B {
  const { connection } = backend as unknown as { connection: QueueConnection };
  const look = connection.waitUntilReady.bind(connection);
  const memories: Readiness[] = [connection, backend];
  connection.pgModule = { ...pg, Client: PatientClient };
  connection.waitUntilReady = async () => {
    try {
      await look();
    } catch (error) {
      for (const memory of memories) memory.readyPromise = undefined;
      await sleep(LOOK_AGAIN_MS);
      throw error;
    }
  };
  return backend;
}
