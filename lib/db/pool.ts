import pg from 'pg';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { postgresOptions } from '@/lib/config/postgres';
import { parseJson } from '@/lib/contracts/json';
import { sql } from './sql';

// int8 columns are ids and counts well below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const { JSON: JSON_TEXT, JSONB } = pg.types.builtins;

/** Parses JSON without loss of digits, for `data` and `result`. Only for this pool: BullMQ has its own. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (oid === JSON_TEXT || oid === JSONB) && format !== 'binary' ? parseJson : pg.types.getTypeParser(oid, format),
};

const opened = perProcess('pool', openPool);

/** Returns the pool that Prisma and hand-written SQL share. It survives hot reloads. */
export function pool(): pg.Pool {
  return opened.get();
}

function openPool(): pg.Pool {
  const created = new pg.Pool({
    ...postgresOptions('batchyard', 12),
    types,
    // Statements are planned once. While a table is still small, the usual cost of 4 favors a scan of all of its rows, and
    // the plan stays when a large batch has made the table large.
    onConnect: (client) => client.query(sql`select set_config('random_page_cost', '1.1', false)`),
    connectionTimeoutMillis: 10_000,
    // A suspended process must not hold locks forever. No transaction pauses this long (ms) between two statements.
    idle_in_transaction_session_timeout: 120_000,
  });
  created.on('error', (error) =>
    logger.warn({ err: error }, 'An idle database connection was lost. The pool opens another one when needed.'),
  );
  return created;
}

export async function closePool(): Promise<void> {
  await opened.clear()?.end();
}
