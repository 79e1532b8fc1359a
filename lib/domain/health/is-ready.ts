import { setTimeout as wait } from 'node:timers/promises';
import { pool } from '@/lib/db';

/** A database that takes longer to say that it is there is as good as away. */
const PATIENCE_MS = 3_000;

/**
 * Whether requests can be served: the database answers, every migration that was begun is finished, and there is an
 * organisation to serve.
 */
export function isReady(): Promise<boolean> {
  return Promise.race([check(), wait(PATIENCE_MS, false, { ref: false })]);
}

async function check(): Promise<boolean> {
  const tables = await pool().query<{ migrations: string | null; organization: string | null }>(
    `select to_regclass('_prisma_migrations')::text as migrations, to_regclass('organization')::text as organization`,
  );
  if (!tables.rows[0]?.migrations || !tables.rows[0].organization) return false;
  const { rows } = await pool().query<{ ready: boolean }>(
    `select exists (select 1 from _prisma_migrations where finished_at is not null)
        and not exists (select 1 from _prisma_migrations where finished_at is null and rolled_back_at is null)
        and exists (select 1 from organization) as ready`,
  );
  return rows[0]?.ready ?? false;
}
