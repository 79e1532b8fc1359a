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
  Client: PatientClient,
});
