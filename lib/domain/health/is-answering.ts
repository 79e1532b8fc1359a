import { postgresOptions } from '@/lib/config/postgres';
import { sql } from '@/lib/db/sql';

const PATIENCE_MS = 3000;
let asking: Promise<boolean> | undefined;

/**
 * Whether Postgres says anything at all, asked over a connection of its own: those of the pool may be the ones that
 * hang. A refusal is an answer too, and is for whoever gets it to judge. Asked once for all who wait.
 */
export function isAnswering(): Promise<boolean> {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

async function ask(): Promise<boolean> {
  const { Client, ...options } = postgresOptions('batchyard-probe', 1);
  const client = new Client({ ...options, connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS });
  try {
    await client.connect();
    await client.query(sql`select 1`);
    return true;
  } catch (error) {
    return typeof (error as { severity?: unknown }).severity === 'string';
  } finally {
    // Not awaited: one that hangs does not say goodbye either.
    void client.end().catch(() => undefined);
  }
}
