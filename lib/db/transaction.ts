import type pg from 'pg';
import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from './pool';

/** Runs statements: the pool, or the connection of a transaction. */
export type Queryable = Pick<pg.PoolClient, 'query'>;

/** A transaction, and its effects (publish, enqueue). They run only after the commit, never after a rollback. */
export interface Transaction {
  db: pg.PoolClient;
  afterCommit(effect: () => Promise<unknown> | unknown): void;
}

/**
 * Runs `work` in one transaction. Effects registered with `afterCommit` run in order after the commit. A failed effect
 * is logged and not thrown: the rows are the outbox, and the sweep repeats lost effects.
 * @throws the error of `work` or of the commit, after a rollback
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
    // If the rollback failed, the pool must destroy the connection instead of reusing it.
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
