import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { MONITORING_EVENTS, type MonitoringEvent } from './track';

/** Counts each monitoring event of the organization, over all processes and restarts. */
export async function readEventCounts(context: Context): Promise<Record<MonitoringEvent, number>> {
  const { rows } = await pool().query<{ event: MonitoringEvent; count: number }>(
    sql`select event, count from event_counter where organization_id = ${context.organizationId}`,
  );
  const known = new Map(rows.map((r) => [r.event, r.count]));
  return Object.fromEntries(MONITORING_EVENTS.map((event) => [event, known.get(event) ?? 0])) as Record<
    MonitoringEvent,
    number
  >;
}
