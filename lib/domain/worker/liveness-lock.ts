import type pg from 'pg';
import { logger } from '@/lib/config/logger';
import { postgresOptions } from '@/lib/config/postgres';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** The first key of the consumers' advisory locks; the second one is the consumer's id. */
const LOCK_CLASS = 7_402_002;
/**
 * Postgres notices in 5 s that the machine of a session is gone, and releases its locks. It asks the kernel, which also
 * answers for a slow or frozen process.
 */
const DETECT_DEAD_HOST = sql`select set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
  set_config('tcp_keepalives_count', '3', false)`;
/** The pause before the lock is taken again. */
const RETRY_MS = 500;

/**
 * Holds an advisory lock while this process lives. Postgres releases it with the connection, so a killed process is
 * found at once, and a slow or frozen one does not count as dead. If only the connection is lost, the lock is taken
 * again.
 * @returns a function that releases the lock
 */
export function holdLivenessLock(consumerId: number): () => Promise<void> {
  let client: pg.Client | undefined;
  let released = false;
  const take = async (): Promise<void> => {
    const { max: _, Client, ...options } = postgresOptions('batchyard guard', 1);
    const taken = new Client(options);
    client = taken;
    taken.once('end', () => {
      if (!released && client === taken) setTimeout(() => void again(), RETRY_MS).unref();
    });
    await taken.connect();
    await taken.query(DETECT_DEAD_HOST);
    await taken.query(sql`select pg_advisory_lock(${LOCK_CLASS}, ${consumerId})`);
    await taken.query(sql`update consumer set guarded_at = clock_timestamp() where id = ${consumerId}`);
  };
  const again = async (): Promise<void> => {
    if (released) return;
    try {
      await take();
    } catch (error) {
      logger.debug(
        { err: error, consumerId },
        `The liveness lock of a consumer could not be taken. Trying again in ${RETRY_MS} ms.`,
      );
      const failed = client;
      client = undefined;
      await failed?.end().catch(() => undefined);
      setTimeout(() => void again(), RETRY_MS).unref();
    }
  };
  void again();
  return async () => {
    released = true;
    await client
      ?.end()
      .catch((error: unknown) =>
        logger.debug(
          { err: error },
          'A liveness lock could not be released. Postgres releases it with the connection.',
        ),
      );
  };
}

/** Seconds without a heartbeat after which a supervisor may be dead. A live one has a heartbeat every second. */
const SILENT_SECONDS = 3;

/**
 * Finds consumers that died together with their supervisor, so that their end was not reported: their liveness lock is
 * released, and Postgres was not restarted since they took it.
 */
export async function findDeadConsumers(): Promise<number[]> {
  const { rows } = await pool().query<{ id: number }>(
    sql`select c.id from node n join consumer c on c.node_id = n.id
     where n.last_seen_at between now() - interval '1 hour' and now() - make_interval(secs => ${SILENT_SECONDS})
       and c.ended_at is null and c.guarded_at > pg_postmaster_start_time()
       and not exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = ${LOCK_CLASS} and l.objid = c.id
         and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database()))`,
  );
  return rows.map((r) => r.id);
}
