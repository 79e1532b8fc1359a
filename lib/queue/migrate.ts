import { runMigrations } from 'bullmq';
import pg from 'pg';
import { QUEUE_SCHEMA } from '@/lib/config/queue-schema';

/**
 * Deliveries live for seconds, and each one's steps leave dead rows, as do the events that are told of it: as with our
 * own hot tables, vacuum comes long before a fifth of such a table is dead. What an operator set is left alone.
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

/** Brings BullMQ's own tables up to date; it locks, so any number of starters may call it at once. */
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
