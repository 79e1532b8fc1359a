import { setTimeout as wait } from 'node:timers/promises';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** A database that takes longer to respond counts as unavailable. */
const TIMEOUT_MS = 2500;

/**
 * Checks whether requests can be served: the database responds, no migration is unfinished, and an organization exists.
 * @returns the reason why not, or undefined
 */
export const isServable = (): Promise<string | undefined> =>
  Promise.race([check(), wait(TIMEOUT_MS, 'the database does not answer', { ref: false })]);

async function check(): Promise<string | undefined> {
  const tables = await pool().query<{ migrations: string | null; organization: string | null }>(
    sql`select to_regclass('_prisma_migrations')::text as migrations, to_regclass('organization')::text as organization`,
  );
  if (!tables.rows[0]?.migrations || !tables.rows[0].organization) return 'the database has no tables yet';
  const { rows } = await pool().query<{ ready: boolean }>(
    sql`select exists (select 1 from _prisma_migrations where finished_at is not null)
        and not exists (select 1 from _prisma_migrations where finished_at is null and rolled_back_at is null)
        and exists (select 1 from organization) as ready`,
  );
  return rows[0]?.ready ? undefined : 'the database is being prepared';
}
