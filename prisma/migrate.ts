import { databaseUrl, EnvironmentError, migrationUrl } from '@/lib/config/env';
import { applyMigrations, grantRights, migrateQueues, refuseForeignObjects } from './apply';
import { createMigration, findDrift } from './diff';

const USAGE = `Usage: node --import tsx prisma/migrate.ts <command>
  apply         apply prisma/migrations and BullMQ's own as DATABASE_MIGRATION_URL (or DATABASE_URL), and grant
                DATABASE_URL's role its rights
  diff <name>   write the next migration from schema.prisma (needs no database)
  drift         fail if schema.prisma and the migrations differ (needs no database)`;

const commands: Record<string, (argument?: string) => Promise<number>> = {
  async apply() {
    const applied = await applyMigrations(migrationUrl());
    await refuseForeignObjects(migrationUrl(), databaseUrl());
    await migrateQueues(migrationUrl());
    await grantRights(migrationUrl(), databaseUrl());
    console.log(applied.length ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.');
    return 0;
  },
  async diff(label) {
    if (!label || !/^[a-z0-9_]+$/.test(label)) {
      console.error('Name the migration in lower case, such as add_webhooks.');
      return 1;
    }
    const file = await createMigration(label);
    console.log(file ? `Wrote ${file}` : 'schema.prisma has nothing new.');
    return 0;
  },
  async drift() {
    const sql = await findDrift();
    if (!sql) return 0;
    console.error(`schema.prisma and prisma/migrations differ. Write a migration with the diff command:\n${sql}`);
    return 1;
  },
};

async function main([name = '', argument]: string[]): Promise<number> {
  const command = commands[name];
  if (command) return command(argument);
  console.error(USAGE);
  return 1;
}

const code = await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error instanceof EnvironmentError ? error.message : error);
  return 1;
});
process.exit(code);
