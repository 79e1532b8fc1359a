import { runMigrations } from 'bullmq';
import pg from 'pg';

/** Brings BullMQ's own tables (schema "bullmq") up to date; it locks, so any number of starters may call it at once. */
export async function migrateQueues(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    await client.end();
  }
}
