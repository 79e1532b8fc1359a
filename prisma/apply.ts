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

/** Whether the database has all migrations, and none that failed. */
async function isUpToDate(pool: pg.Pool, names: string[]): Promise<boolean> {
  const { rows: tables } = await pool.query<{ exists: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as exists`,
  );
  if (!tables[0]?.exists) return false;
  const { rows } = await pool.query<{ name: string; applied: boolean }>(
    `select migration_name as name, finished_at is not null as applied from _prisma_migrations
     where rolled_back_at is null`,
  );
  const applied = new Set(rows.filter((row) => row.applied).map(({ name }) => name));
  return rows.every((row) => row.applied) && names.every((name) => applied.has(name));
}

/**
 * Applies pending migrations, like `prisma migrate deploy`. Returns the names of the applied ones. Where nothing is pending
 * the engine is left out: it waits for its lock for ten seconds only, and a busy machine may take longer.
 */
export async function applyMigrations(connectionString: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString });
  try {
    const migrationsList = await readMigrations();
    const names = migrationsList.migrationDirectories.map(({ path }) => path);
    if (await isUpToDate(pool, names)) return [];
    const engine = await openEngine(new WholeScripts(pool));
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList,
      filters: NO_FILTER,
    });
    return appliedMigrationNames;
  } finally {
    await pool.end();
  }
}
