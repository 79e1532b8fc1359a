import { PrismaPg } from '@prisma/adapter-pg';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { NO_FILTER, openEngine } from './engine';
import { readMigrations } from './folder';

export { migrateQueues } from '@/lib/queue/migrate';

/**
 * The adapter cuts scripts at every semicolon, also inside comments and function bodies. Sent whole, a script
 * is parsed by the server and is one transaction: a migration applies or it doesn't.
 */
class WholeScripts extends PrismaPg {
  override async connect() {
    const connection = await super.connect();
    connection.executeScript = async (script) => {
      await connection.underlyingDriver().query(script).catch(explain);
    };
    return connection;
  }
}

function explain(error: Error): never {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code = '', severity = 'ERROR', message, detail, column, hint } = error;
  throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

/** Applies what is missing of prisma/migrations, as `prisma migrate deploy` does; returns the names applied. */
export async function applyMigrations(connectionString: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString });
  try {
    const engine = await openEngine(new WholeScripts(pool));
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrations(),
      filters: NO_FILTER,
    });
    return appliedMigrationNames;
  } finally {
    await pool.end();
  }
}
