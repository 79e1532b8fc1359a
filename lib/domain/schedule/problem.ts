import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { TAKES_WORK, TYPES_WITHOUT_WORKER } from '@/lib/domain/worker/live-nodes';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';

/** The consumers of a supervisor need some seconds to start. */
const STARTING_SECONDS = 30;

/** Who can run jobs at the moment. */
export interface Workforce {
  /** a supervisor lives that runs consumers or is just starting them */
  works: boolean;
  /** own types that no machine takes work of */
  missing: readonly string[];
}

export async function readWorkforce(db: Queryable): Promise<Workforce> {
  const { rows } = await db.query<Workforce>(
    sql`select exists (select from node n where ${TAKES_WORK}
       and (n.processes > 0 or n.started_at > now() - make_interval(secs => ${STARTING_SECONDS}))) as works,
       ${TYPES_WITHOUT_WORKER} as missing`,
  );
  return rows[0] ?? { works: false, missing: [] };
}

/** Returns why jobs of these types can't run at the moment; null if they can. */
export async function problemOf(db: Queryable, types: readonly string[]): Promise<string | null> {
  return problemWith(types, await readWorkforce(db));
}

/** The same where it is known who works. */
export function problemWith(types: readonly string[], { works, missing }: Workforce): string | null {
  const unknown = types.filter((type) => !isJobType(type) && !missing.includes(type));
  if (unknown.length > 0) return `There is no job type ${unknown.join(', ')} any more.`;
  for (const type of types) {
    const { unavailable } = isJobType(type) ? definitionOf(type) : {};
    if (unavailable) return `Jobs of type ${type} can't be launched. ${unavailable}`;
  }
  // Consumers of this product run all built-in types, apart from those of other clients' workers.
  const without = types.filter(
    (type) => missing.includes(type) || (!works && isJobType(type) && !definitionOf(type).external),
  );
  return without.length === 0 ? null : `No worker runs jobs of type ${without.join(', ')}.`;
}
