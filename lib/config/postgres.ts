import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUrl } from './env';
import { logger } from './logger';

/**
 * A client that survives its server: when a connection is ended between two statements, the next statement fails and
 * the pool drops the client, but the process lives. Without a listener Node would end it.
 */
class SurvivingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', (error) =>
      logger.debug({ err: error }, 'A database connection was lost. The pool opens another one.'),
    );
  }
}

/** Options of every pool of this process, also of BullMQ's own. */
export const postgresOptions = (name: string, max: number) => ({
  connectionString: databaseUrl(),
  application_name: name,
  max,
  // Longer than the pauses of a product without work: a new session costs more than all of its statements then.
  idleTimeoutMillis: 60_000,
  // Detects a server that vanished without closing its connections, also where this process only listens.
  keepAlive: true,
  Client: SurvivingClient,
});

/** Where BullMQ caches the check that its tables exist. */
export interface Readiness {
  readyPromise?: Promise<void> | undefined;
}

interface QueueConnection {
  waitUntilReady(): Promise<void>;
}

/** pause after a failed check of the tables */
const CHECK_PAUSE_MS = 200;

/**
 * Repairs a connection that BullMQ opened on Postgres. BullMQ caches the first check of its tables even when the check
 * failed: a queue that was opened while Postgres had no free connection would never work, and its worker would retry
 * forever without a pause. Also, its listening client has no error listener until it is connected.
 * @param cache what caches the check besides the connection: the backend that uses it
 */
export function repairConnection(connection: QueueConnection, cache?: Readiness): void {
  const repaired = connection as QueueConnection & Readiness & { pgModule?: unknown };
  const check = repaired.waitUntilReady.bind(repaired);
  repaired.pgModule = { ...pg, Client: SurvivingClient };
  repaired.waitUntilReady = async () => {
    try {
      await check();
    } catch (error) {
      repaired.readyPromise = undefined;
      if (cache) cache.readyPromise = undefined;
      await sleep(CHECK_PAUSE_MS);
      throw error;
    }
  };
}
