import { applyMigrations, migrateQueues } from '@/prisma/apply';
import { createDatabase } from './databases';

/** Creates a database with all migrations, including BullMQ's. Each test file gets a copy. */
export async function createTemplate(adminUrl: string, name: string): Promise<void> {
  const url = await createDatabase(adminUrl, name);
  await applyMigrations(url);
  await migrateQueues(url);
}
