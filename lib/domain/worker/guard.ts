import type pg from 'pg';
import { logger } from '@/lib/config/logger';
import { postgresOptions } from '@/lib/config/postgres';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Advisory locks of consumers; the second number is the consumer's id. */
const GUARDS = 7_402_002;
/** Between two tries to take the lock again. */
const AGAIN_MS = 500;

/**
 * Takes a lock that Postgres holds as long as this process lives: it vanishes with its connection, so that a process that
 * was killed is known to be dead at once, and one that is only slow or frozen is not. Lost with its connection it is taken
 * again. Nothing waits for it. @returns how to let go of it
 */
export function guardConsumer(consumerId: number): () => Promise<void> {
  let client: pg.Client | undefined;
  let over = false;
  const take = async (): Promise<void> => {
    const { max: _, Client, ...options } = postgresOptions('batchyard guard', 1);
    const taken = new Client(options);
    client = taken;
    taken.once('end', () => {
      if (!over && client === taken) setTimeout(() => void again(), AGAIN_MS).unref();
    });
    await taken.connect();
    await taken.query(sql`select pg_advisory_lock(${GUARDS}, ${consumerId})`);
    await taken.query(sql`update consumer set guarded_at = clock_timestamp() where id = ${consumerId}`);
  };
  const again = async (): Promise<void> => {
    if (over) return;
    try {
      await take();
    } catch (error) {
      logger.debug({ err: error, consumerId }, 'the lock of a consumer was not taken; trying again');
      const failed = client;
      client = undefined;
      await failed?.end().catch(() => undefined);
      setTimeout(() => void again(), AGAIN_MS).unref();
    }
  };
  void again();
  return async () => {
    over = true;
    await client?.end().catch((error: unknown) => logger.debug({ err: error }, 'letting go of a lock'));
  };
}

/** A supervisor that lives says so every second; one that is silent for this long may be dead. */
const SILENT_SECONDS = 3;

/**
 * Consumers that are dead for certain though nobody said so, because their supervisor died too: the lock that their
 * process held is gone, and Postgres has not been started anew since they took it.
 */
export async function findDeadConsumers(): Promise<number[]> {
  const { rows } = await pool().query<{ id: number }>(
    sql`select c.id from node n join consumer c on c.node_id = n.id
     where n.last_seen_at between now() - interval '1 hour' and now() - make_interval(secs => ${SILENT_SECONDS})
       and c.ended_at is null and c.guarded_at > pg_postmaster_start_time()
       and not exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = ${GUARDS} and l.objid = c.id
         and l.objsubid = 2 and l.database = (select oid from pg_database where datname = current_database()))`,
  );
  return rows.map((r) => r.id);
}
