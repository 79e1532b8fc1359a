import { PrismaPg } from '@prisma/adapter-pg';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { NO_FILTER, openEngine } from './engine';
import { readMigrations } from './folder';

export { migrateQueues } from '@/lib/queue/migrate';
export { grantRights, refuseForeignObjects } from './rights';

/**
 * The adapter splits scripts at every semicolon, also inside comments and function bodies. This class sends a script
 * whole: the server parses it and runs it in one transaction.
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

/** Applies pending migrations, like `prisma migrate deploy`. Returns the names of the applied ones. */
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
