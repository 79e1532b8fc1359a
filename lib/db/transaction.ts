import type pg from 'pg';
import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from './pool';

/** What runs a statement: the pool, or the connection of a transaction. */
export type Queryable = Pick<pg.PoolClient, 'query'>;

/** A transaction, and what to do once it has committed (publish, enqueue): never before, never on rollback. */
export interface Transaction {
  db: pg.PoolClient;
  afterCommit(effect: () => Promise<unknown> | unknown): void;
}

/**
 * Runs `work` in one transaction. Effects registered with `afterCommit` run in order after the commit;
 * a failing effect is logged, not thrown, because the rows are the truth and the sweep repeats what was lost.
 */
export async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  let broken: Error | undefined;
  const effects: (() => Promise<unknown> | unknown)[] = [];
  let result: T;
  try {
    await client.query('begin');
    result = await work({ db: client, afterCommit: (effect) => effects.push(effect) });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch((e: Error) => {
      broken = e;
    });
    throw error;
  } finally {
    // A connection that can't roll back is not given to the next one.
    client.release(broken);
  }
  for (const effect of effects) {
    try {
      await effect();
    } catch (error) {
      const level = isRedisAway(error) ? 'debug' : 'warn';
      logger[level]({ err: error }, 'an effect after a commit failed; the sweep repeats it');
    }
  }
  return result;
}
