import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { NODE_LOST_SECONDS } from '@/lib/domain/capacity/get-capacity';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';

/** The consumers of a supervisor need some seconds to start. */
const STARTING_SECONDS = 30;

/** Returns whether a supervisor lives that runs consumers or is just starting them. */
export async function hasWorkers(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ works: boolean }>(
    sql`select exists (select from node where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}) and not stopping
       and (processes > 0 or started_at > now() - make_interval(secs => ${STARTING_SECONDS}))) as works`,
  );
  return rows[0]?.works ?? false;
}

/** Returns why jobs of these types can't run at the moment; null if they can. */
export async function problemOf(db: Queryable, types: readonly string[]): Promise<string | null> {
  return problemWith(types, true) ?? problemWith(types, await hasWorkers(db));
}

/** The same where it is known whether consumers run. */
export function problemWith(types: readonly string[], hasWorkers: boolean): string | null {
  const unknown = types.filter((type) => !isJobType(type));
  if (unknown.length > 0) return `There is no job type ${unknown.join(', ')} any more.`;
  // Consumers of this product run all types, apart from those of other clients' workers.
  const own = types.filter((type) => isJobType(type) && !definitionOf(type).external);
  return own.length === 0 || hasWorkers ? null : `No worker runs jobs of type ${own.join(', ')}.`;
}
