import { runMigrations } from 'bullmq';
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

/** Applies BullMQ's own migrations. A lock makes concurrent calls of several processes safe. */
export async function migrateQueues(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(EAGER_VACUUM);
  } finally {
    await client.end();
  }
}
