import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { NODE_LOST_SECONDS } from '@/lib/domain/capacity/get-capacity';
import { definitionOf, isBuiltIn, isJobType } from '@/lib/job-types/catalogue';

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

/** Returns those of the own types that a living machine has. Other types run wherever consumers run. */
export async function ownTypesAtWork(db: Queryable, types: Iterable<string>): Promise<ReadonlySet<string>> {
  const own = [...new Set(types)].filter((type) => isJobType(type) && !isBuiltIn(type));
  if (own.length === 0) return new Set();
  const { rows } = await db.query<{ type: string }>(
    sql`select distinct t.type from own_job_type t join node n on n.id = t.node_id
     where t.type = any(${own}::text[]) and t.removed_at is null and t.error is null and not n.stopping
       and n.last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS})`,
  );
  return new Set(rows.map(({ type }) => type));
}

/** Returns why jobs of these types can't run at the moment; null if they can. */
export async function problemOf(db: Queryable, types: readonly string[]): Promise<string | null> {
  const atWork = await ownTypesAtWork(db, types);
  return problemWith(types, { works: true, atWork }) ?? problemWith(types, { works: await hasWorkers(db), atWork });
}

/** What runs jobs at the moment. */
interface Workers {
  /** whether consumers run */
  works: boolean;
  /** see {@link ownTypesAtWork} */
  atWork: ReadonlySet<string>;
}

/** The same where it is known what runs. */
export function problemWith(types: readonly string[], { works, atWork }: Workers): string | null {
  const unknown = types.filter((type) => !isJobType(type));
  if (unknown.length > 0) return `There is no job type ${unknown.join(', ')} any more.`;
  const known = types.filter(isJobType);
  for (const type of known) {
    const { unavailable } = definitionOf(type);
    if (unavailable) return `Jobs of type ${type} can't be launched. ${unavailable}`;
  }
  // Consumers of this product run all types, apart from those of other clients' workers.
  const idle = known.filter(
    (type) => !definitionOf(type).external && !(works && (isBuiltIn(type) || atWork.has(type))),
  );
  return idle.length === 0 ? null : `No worker runs jobs of type ${idle.join(', ')}.`;
}
