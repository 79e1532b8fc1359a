import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Migration, readMigrations } from './folder';

export { migrateQueues } from '@/lib/queue/migrate';
export { grantRights, refuseForeignObjects } from './rights';

/** The lock of `prisma migrate`, so that it and a start never migrate at the same time. */
const LOCK = 72_707_369;

/** The table of `prisma migrate`, whose commands read it. */
const RECORD = `create table if not exists _prisma_migrations (
  id varchar(36) primary key,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0)`;

/**
 * Applies pending migrations in the order of their names, each in one transaction with its record: a start that dies
 * leaves whole migrations. Of several starts at once one migrates, and the others wait.
 * @param connectionString address of the role that owns the tables; any role may ask where nothing is pending
 * @param known all migrations, in their order; those of the folder unless given
 * @returns the names of the applied ones
 * @throws Error that names the migration that failed, now or in an earlier run of `prisma migrate`
 */
export async function applyMigrations(connectionString: string, known?: Migration[]): Promise<string[]> {
  const migrations = known ?? (await readMigrations());
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    if ((await pendingOf(client, migrations)).length === 0) return [];
    // The lock is the session's: it ends with the connection.
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const pending = await pendingOf(client, migrations);
    if (pending.length === migrations.length) await prepare(client);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/**
 * Returns the names of the migrations that were not applied.
 * @throws Error that names those of which an earlier run failed
 */
export async function pendingMigrations(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await pendingOf(client, await readMigrations())).map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function pendingOf(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as exists`,
  );
  if (!tables[0]?.exists) return migrations;
  const { rows } = await client.query<{ name: string; applied: boolean }>(
    `select migration_name as name, finished_at is not null as applied from _prisma_migrations
     where rolled_back_at is null`,
  );
  const failed = rows.filter((row) => !row.applied).map(({ name }) => name);
  if (failed.length > 0) {
    throw new Error(
      `An earlier run of migration ${failed.join(', ')} failed. Undo what it left, set its rolled_back_at in _prisma_migrations, and start again; or restore a backup.`,
    );
  }
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

/** Creates the record of migrations, unless tables of something else are in the way. */
async function prepare(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = current_schema() and tablename <> '_prisma_migrations'
     order by 1 limit 5`,
  );
  if (rows.length > 0) {
    const list = rows.map(({ name }) => name).join(', ');
    throw new Error(`The database already has tables (${list}). Name an empty database, or a schema of its own.`);
  }
  await client.query(RECORD);
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), createHash('sha256').update(sql).digest('hex'), name],
    );
    await client.query('commit');
  } catch (error) {
    // The connection ends, and the server rolls back.
    throw new Error(`Migration ${name} failed, and nothing of it was kept: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
