import { databaseUrl, migrationUrl } from '@/lib/config/env';
import { postgresOptions } from '@/lib/config/postgres';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';
import { reasonOf, ServiceTrouble, socketTrouble } from '@/lib/config/service-trouble';
import { sql } from '@/lib/db/sql';

const OLDEST = 15;
const PATIENCE_MS = 5000;
const POOLER = 'docs/operations.md says how to use PgBouncer';

/** The variable whose address is checked. */
type Variable = 'DATABASE_URL' | 'DATABASE_MIGRATION_URL';

/**
 * Checks that an address leads to a usable Postgres: it accepts the login, is new enough, keeps one session per
 * connection, accepts the search path of BullMQ's tables, and has BullMQ's schema or allows creating it.
 * @param variable DATABASE_MIGRATION_URL stands for DATABASE_URL where it is not set
 * @throws ServiceTrouble
 */
export async function checkDatabase(variable: Variable = 'DATABASE_URL'): Promise<void> {
  const isApart = variable === 'DATABASE_MIGRATION_URL' && migrationUrl() !== databaseUrl();
  const url = isApart ? migrationUrl() : databaseUrl();
  await check(url, isApart ? 'DATABASE_MIGRATION_URL' : 'DATABASE_URL');
}

async function check(connectionString: string, variable: Variable): Promise<void> {
  const { Client, ...options } = postgresOptions('batchyard-probe', 1);
  // Set as BullMQ sets it, because a pooler may drop it without an error.
  const parameters = `-c search_path="${QUEUE_SCHEMA}"`;
  const open = (more = {}) =>
    new Client({
      ...options,
      ...more,
      connectionString,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
  const [first, second] = [open({ options: parameters }), open()];
  try {
    await first.connect();
    const { rows } = await first.query<{
      version: string;
      number: number;
      path: string;
      pid: number;
      creates: boolean;
    }>(
      sql`select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as number,
         current_setting('search_path') as path, pg_backend_pid() as pid,
         has_database_privilege(current_database(), 'CREATE') or to_regnamespace(${QUEUE_SCHEMA}) is not null as creates`,
    );
    const [facts] = rows;
    if (!facts) throw new ServiceTrouble('Postgres gave no answer', true);
    const { version, number, path, pid, creates } = facts;
    if (number < OLDEST)
      throw wrong(`Postgres at ${new URL(connectionString).host} is ${version}; ${OLDEST} or newer is needed`);
    if (!path.includes(QUEUE_SCHEMA)) {
      throw wrong(
        `a pooler between here and Postgres drops the start-up parameter “options” (search_path is ${path}). Take “options” out of ignore_startup_parameters, or let ${variable} lead to Postgres itself. ${POOLER}`,
      );
    }
    if (!creates) throw wrong(`the user of ${variable} may not create schemas in its database: grant create on it`);
    await second.connect();
    const other = await second.query<{ pid: number; schema: string }>(
      sql`begin; select pg_backend_pid() as pid, current_schema() as schema`,
    );
    const again = await first.query<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    const others = [other].flat().flatMap((r) => r.rows);
    if (others.some((o) => o.schema === QUEUE_SCHEMA)) {
      throw wrong(
        `the search_path of every connection is ${QUEUE_SCHEMA}: it is for BullMQ’s connections alone. ${POOLER}`,
      );
    }
    if (others.some((o) => o.pid === pid) || again.rows[0]?.pid !== pid) {
      throw wrong(
        `${variable} leads through a pooler in transaction mode, which gives each statement another session. Use session mode (pool_mode = session), or let ${variable} lead to Postgres itself. ${POOLER}`,
      );
    }
  } catch (error) {
    throw error instanceof ServiceTrouble ? error : troubleOf(error as Error, variable, new URL(connectionString));
  } finally {
    // Not awaited, because closing a connection that hangs would hang too.
    for (const client of [first, second]) void client.end().catch(() => undefined);
  }
}

const wrong = (message: string, cause?: unknown) => new ServiceTrouble(message, false, { cause });

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function troubleOf(error: Error, variable: Variable, address: URL): ServiceTrouble {
  const { code = '' } = error as { code?: string };
  if (/unsupported startup parameter/i.test(error.message)) {
    return wrong(
      `a pooler between here and Postgres refuses a start-up parameter (${error.message}). ${POOLER}`,
      error,
    );
  }
  if (code === '28P01' || code === '28000')
    return wrong(`Postgres refuses the user or the password in ${variable}: ${error.message}`, error);
  if (code === '3D000') return wrong(`the database that ${variable} names does not exist: ${error.message}`, error);
  if (code === '42501') return wrong(`the user of ${variable} lacks a right: ${error.message}`, error);
  const said = `Postgres at ${address.host} (${variable}) does not serve: ${reasonOf(error)}`;
  return socketTrouble(error, variable, address) ?? new ServiceTrouble(said, true, { cause: error });
}
