import { applyMigrations, migrateQueues } from '@/prisma/apply';
import { createDatabase } from './databases';

/** Creates a database with every migration applied, ours and BullMQ's; each test file gets a copy of it. */
export async function createTemplate(adminUrl: string, name: string): Promise<void> {
  const url = await createDatabase(adminUrl, name);
  await applyMigrations(url);
  await migrateQueues(url);
}
