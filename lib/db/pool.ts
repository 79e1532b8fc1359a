import pg from 'pg';
import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { postgresOptions } from '@/lib/config/postgres';
import { parseJson } from '@/lib/contracts/json';

// int8 columns are ids and counts well below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const { JSON: JSON_TEXT, JSONB } = pg.types.builtins;

/** `data` and `result` are kept as they came: no digit may get lost on the way out. Of this pool only: BullMQ has its own. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (oid === JSON_TEXT || oid === JSONB) && format !== 'binary' ? parseJson : pg.types.getTypeParser(oid, format),
};

const opened = perProcess('pool', openPool);

/** One pool for Prisma and for hand-written SQL, kept over hot reloads. */
export function pool(): pg.Pool {
  return opened.get();
}

function openPool(): pg.Pool {
  const created = new pg.Pool({
    ...postgresOptions('batchyard', 12),
    types,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    // A process that stands still in a transaction must not hold its locks forever; no step between two takes so long.
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
