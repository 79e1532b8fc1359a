import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq';
import pg from 'pg';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';

/**
 * Deliveries and their events live for seconds and leave dead rows. As for our own hot tables, vacuum must run long before a
 * fifth of such a table is dead. Settings of an operator are kept.
 */
const EAGER_VACUUM = `do $$
declare hot text;
begin
  foreach hot in array array['job', 'event'] loop
    if exists (select from pg_class where oid = to_regclass('${QUEUE_SCHEMA}.' || hot) and reloptions is null) then
      execute format('alter table ${QUEUE_SCHEMA}.%I set (autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_cost_limit = 2000)', hot);
    end if;
  end loop;
end $$`;

/**
 * Applies BullMQ's own migrations. A lock makes concurrent calls of several processes safe. A role that does not own the
 * tables only checks that there is nothing to apply.
 * @throws Error if there is, and this role may not
 */
export async function migrateQueues(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ foreign: boolean }>(
      `select not pg_has_role(nspowner, 'USAGE') as foreign from pg_namespace where nspname = $1`,
      [QUEUE_SCHEMA],
    );
    if (rows[0]?.foreign) return await requireLatest(client);
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(EAGER_VACUUM);
  } finally {
    await client.end();
  }
}

async function requireLatest(client: pg.Client): Promise<void> {
  if ((await assertSchemaCompatibility(client, QUEUE_SCHEMA)) >= LATEST_SCHEMA_VERSION) return;
  throw new Error(
    `The tables of the queues in the schema ${QUEUE_SCHEMA} are of an older version, and this role does not own them. Set DATABASE_MIGRATION_URL to an address with the role that does.`,
  );
}
