import { sql } from '@/lib/db/sql';

/** Seconds without a heartbeat after which a supervisor counts as lost. */
export const NODE_LOST_SECONDS = 20;

/** SQL condition on `node n`: its supervisor lives, and takes work or will in a moment. */
export const TAKES_WORK = sql`(n.last_seen_at > now() - make_interval(secs => ${sql.literal(NODE_LOST_SECONDS)})
  and not n.stopping and n.drain_requested_at is null)`;

/**
 * SQL array of the own types that no machine takes work of. It depends on no row of a query around it, so Postgres
 * evaluates it once.
 */
export const TYPES_WITHOUT_WORKER = sql`array(select t.type from own_job_type t
  where not exists (select from node n where n.own_types ? t.type and ${TAKES_WORK}))`;
