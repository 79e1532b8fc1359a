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
export interface Readiness {
  readyPromise?: Promise<void> | undefined;
}

interface QueueConnection {
  waitUntilReady(): Promise<void>;
}

/** Between two looks at tables that could not be asked for. */
const LOOK_AGAIN_MS = 200;

/**
 * Mends a connection that BullMQ has opened on Postgres. BullMQ remembers a first look at its tables even where it
 * failed, so that what is opened while Postgres has no connection left would never work, and a worker would ask without
 * a pause for ever. And its client that listens has no error listener until it is connected.
 * @param memory what remembers the look besides the connection: the backend that uses it
 */
export function mendConnection(connection: QueueConnection, memory?: Readiness): void {
  const mended = connection as QueueConnection & Readiness & { pgModule?: unknown };
  const look = mended.waitUntilReady.bind(mended);
  mended.pgModule = { ...pg, Client: PatientClient };
  mended.waitUntilReady = async () => {
    try {
      await look();
    } catch (error) {
      mended.readyPromise = undefined;
      if (memory) memory.readyPromise = undefined;
      await sleep(LOOK_AGAIN_MS);
      throw error;
    }
  };
}
